import type { Clock, Logger, Metrics } from '@holdfast/runtime'
import type { Sid } from '../contracts/index.ts'
import { createBatcher } from '../kafka/batcher.ts'
import { createKafka } from '../kafka/create-kafka.ts'
import { createRedis } from '../redis/create-redis.ts'
import { type ConsoleAnswers, createConsoleAnswers } from './console-answers.ts'
import { createConsoleMetrics } from './console-metrics.ts'
import { createConsoleModel } from './console-model.ts'
import { type LogFeed, startLogFeed } from './log-feed.ts'
import { startRedisObserver } from './redis-observer.ts'
import type { PatchListener } from './row-changes.ts'
import { type Verification, verifySessions } from './verify-sessions.ts'

const TICK_MS = 100
/** How long opening waits for a first picture; without one (Kafka is away) the console opens all the same, and says so. */
const FIRST_PICTURE_MS = 10_000
const VERIFY_MS = 10_000

export interface ConsoleOptions {
  redisUrl: string
  brokers: readonly string[]
  /** HOLDFAST_SECRET. */
  secret: string
  /** This run of the process, unique. */
  incarnation: string
  clock: Clock
  logger: Logger
  metrics: Metrics
}

export interface ConsoleStatus {
  /** There is a picture: what memories publish has been read once. */
  isReady: boolean
  redisUp: boolean
  kafkaUp: boolean
  /** Records that wait to be read. */
  lag: number
  /** How far the console's picture of the memories is behind, ms; null before the first. */
  behindMs: number | null
  sessions: number
  rev: number
}

export interface Console extends ConsoleAnswers {
  /** Reads all copies of the sessions again and tells how they stand; within 10 s. */
  verify(sids: readonly Sid[]): Promise<Map<Sid, Verification>>
  /** Has Redis read again before its turn: these sessions, or all of them. */
  recheck(sids: readonly Sid[] | 'all'): void
  /** Changed rows, at most each 250 ms. Returns a function that ends it. */
  subscribe(listener: PatchListener): () => void
  status(): ConsoleStatus
  close(): Promise<void>
}

/**
 * What a console shows, assembled: it owns nothing, changes nothing, and no game waits for it. Sessions come from what every
 * process publishes of its memory (`holdfast.state`) and from Redis itself; who lives, from beats; the rest from events. What
 * cannot be read is unknown, with the reason: never missing, never in sync. Resolves with a first picture, or after 10 s.
 */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { redisUrl, brokers, incarnation, clock, logger, metrics } = options
  const closing = new AbortController()
  const seen = createConsoleMetrics(metrics, logger)
  const redis = createRedis(redisUrl, 'bulk', seen.redisError)
  const pinging = createRedis(redisUrl, 'lease', seen.redisError)
  const kafka = createKafka({ brokers, clientId: incarnation, onWarning: seen.kafkaWarning })
  const batcher = createBatcher({ kafka, clock, onFailure: seen.batchFailed })

  const model = createConsoleModel({
    clock,
    reading: () => ({ ...feed.facts(), redisAnsweredAt: observer.answeredAt }),
    onListenerFailed: seen.listenerFailed,
  })
  const feed: LogFeed = startLogFeed({ kafka, batcher, clock, incarnation, model, seen, signal: closing.signal })
  const observer = startRedisObserver({
    redis,
    pinging,
    clock,
    schedule: model.schedule,
    versionOf: (sid) => model.copies.get(sid)?.redis?.version,
    onStored: model.putStored,
    onTrouble: seen.redisReadFailed,
  })
  const ticking = clock.setInterval(() => {
    feed.look()
    model.tick()
  }, TICK_MS)
  const answers = createConsoleAnswers(model, () => ({ ping: observer.ping, lag: feed.lag }))
  seen.collectFrom(() => ({
    sessions: model.copies.size,
    unreadable: model.copies.unreadable + model.events.unreadable + feed.unreadable,
    lag: feed.lag,
    listeners: model.changes.listeners,
  }))
  await Promise.race([feed.firstPicture, clock.sleep(FIRST_PICTURE_MS, closing.signal)])

  return {
    ...answers,
    verify: (sids) => verifySessions({ model, clock, sids, deadlineMs: VERIFY_MS, signal: closing.signal }),
    recheck(sids) {
      const known = sids === 'all' ? [...model.copies.all()].map(({ sid }) => sid) : sids
      for (const sid of known) model.schedule.hurry(sid)
    },
    subscribe: (listener) => model.changes.subscribe(listener),
    status() {
      const { copiesReadAsOf, kafkaSilentMs } = feed.facts()
      const look = model.look()
      return {
        isReady: copiesReadAsOf !== null,
        redisUp: look.redis.status === 'fresh' && observer.ping?.isAnswered === true,
        kafkaUp: Number.isFinite(kafkaSilentMs) && look.kafka.status === 'fresh',
        lag: feed.lag,
        behindMs: copiesReadAsOf === null ? null : Math.max(0, Math.round(clock.monotonic() - copiesReadAsOf)),
        sessions: model.copies.size,
        rev: model.changes.rev,
      }
    },
    async close() {
      closing.abort()
      ticking.cancel()
      observer.close()
      model.changes.close()
      await feed.close()
      await batcher.close(0)
      redis.disconnect()
      pinging.disconnect()
    },
  }
}
