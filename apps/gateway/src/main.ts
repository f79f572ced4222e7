import { createLogger, runProcess } from '@holdfast/runtime'
import { isKafkaClientError } from '@holdfast/store'
import { readGatewayConfig } from './config.ts'
import { startGateway } from './gateway.ts'

const name = 'gateway'
const logger = createLogger({ name })

// Players must not lose their sockets over what kafkajs drops inside.
await runProcess({ name, logger, deadlineMs: 4_000, isForgivable: isKafkaClientError }, async (lifecycle) => {
  await startGateway(readGatewayConfig(), lifecycle, logger)
})
