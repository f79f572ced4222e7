import { createLogger, runProcess } from '@holdfast/runtime'
import { readGatewayConfig } from './config.ts'
import { startGateway } from './gateway.ts'

const name = 'gateway'
const logger = createLogger({ name })

await runProcess({ name, logger, deadlineMs: 4_000 }, async (lifecycle) => {
  await startGateway(readGatewayConfig(), lifecycle, logger)
})
