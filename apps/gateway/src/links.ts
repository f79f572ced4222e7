import type { Clock, Lifecycle, Logger } from '@holdfast/runtime'
import {
  type Batcher,
  type ControlBoard,
  createBatcher,
  createKafka,
  createRedis,
  ensureTopics,
  type Kafka,
  openControlBoard,
  type Redis,
} from '@holdfast/store'
import type { GatewayConfig } from './config.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'

const KAFKA_START_WAIT_MS = 60_000
/** How long the last records may wait for Kafka when the gateway stops. */
const LAST_WORDS_MS = 3_000

/** What joins a gateway to the others. */
export interface Links {
  redis: Redis
  kafka: Kafka
  batcher: Batcher
  board: ControlBoard
}

export interface LinksOptions {
  config: Pick<GatewayConfig, 'redisUrl' | 'brokers'>
  lifecycle: Lifecycle
  logger: Logger
  clock: Clock
  incarnation: string
  seen: Pick<GatewayMetrics, 'trouble'>
}

/** Opens the links, topics included; resolves when everybody alive has been heard. Waits a minute for Kafka, not for Redis. */
export async function openLinks(options: LinksOptions): Promise<Links> {
  const { config, lifecycle, logger, clock, incarnation, seen } = options
  const onKafka = (problem: string): void => seen.trouble('kafka', problem)
  const redis = await lifecycle.acquire(
    'redis',
    () => createRedis(config.redisUrl, 'lease', (error) => seen.trouble('redis', error.message)),
    (part) => part.disconnect(),
  )
  const kafka = createKafka({
    brokers: config.brokers,
    clientId: incarnation,
    onWarning: (message, { error }) => onKafka(error ?? message),
  })
  await ensureTopics(kafka, clock, KAFKA_START_WAIT_MS, lifecycle.signal)
  const batcher = await lifecycle.acquire(
    'batcher',
    () => createBatcher({ kafka, clock, onFailure: onKafka }),
    async (part) => {
      const left = await part.close(LAST_WORDS_MS)
      if (left > 0) logger.error({ records: left }, 'stopped before Kafka had everything: input and closes are lost')
    },
    { deadlineMs: LAST_WORDS_MS + 2_000 },
  )
  const board = await lifecycle.acquire(
    'control board',
    () => openControlBoard({ kafka, batcher, clock, incarnation, onReopened: onKafka }),
    (part) => part.close(),
  )
  return { redis, kafka, batcher, board }
}
