import { createLogger, runProcess } from '@holdfast/runtime'
import { readServerConfig } from './config.ts'
import { startServer } from './server.ts'

const name = 'server'
const logger = createLogger({ name })

await runProcess({ name, logger, deadlineMs: 4_000 }, async (lifecycle) => {
  await startServer(readServerConfig(), lifecycle, logger)
})
