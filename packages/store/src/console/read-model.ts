import type { Clock, Logger, Metrics } from '@holdfast/runtime'
import type { ShownEvent, Sid } from '../contracts/index.ts'
import { createBatcher } from '../kafka/batcher.ts'
import { createKafka } from '../kafka/create-kafka.ts'
import { createSeal } from '../kafka/seal.ts'
import { createRedis } from '../redis/create-redis.ts'
import { createSignInClient, type SignInClient } from '../sign-in/sign-in-client.ts'
import { createAuditLog } from './audit-log.ts'
import { type Commands, createCommands } from './commands.ts'
import { type ConsoleAnswers, createConsoleAnswers } from './console-answers.ts'
import { createConsoleMetrics } from './console-metrics.ts'
import { createConsoleModel, type ReadingFacts } from './console-model.ts'
import { createVersionReader } from './expected-versions.ts'
import { doesKafkaAnswer, doesRedisAnswer } from './health-report.ts'
import { type LogFeed, startLogFeed } from './log-feed.ts'
import { type RedisObserver, startRedisObserver } from './redis-observer.ts'
import type { PatchListener } from './row-changes.ts'
import { type Verification, verifySessions } from './verify-sessions.ts'

const TICK_MS = 100
/** Before its readers are made, the model knows that nothing was read. */
const NOTHING_READ: ReadingFacts = {
  kafkaSilentMs: Number.POSITIVE_INFINITY,
  copiesReadAsOf: null,
  redisAnsweredAt: null,
}
/** How long opening waits for a first picture; without one (Kafka is away) the console opens all the same, and says so. */
const FIRST_PICTURE_MS = 10_000
const VERIFY_MS = 10_000
/** What a console has said of its commands is to be in Kafka before it goes. */
const LAST_WORDS_MS = 1_000

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
  /** Hears of each event once it is in the picture, at the start of the last hours' too. */
  onEvent?: (event: ShownEvent) => void
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
  /** In the list. */
  sessions: number
  rev: number
}

export interface Console extends ConsoleAnswers {
  /** A wizard's commands, and the audit. */
  readonly commands: Omit<Commands, 'close'>
  readonly signIns: Omit<SignInClient, 'close'>
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
  const { redisUrl, brokers, secret, incarnation, clock, logger, metrics } = options
  const closing = new AbortController()
  const seen = createConsoleMetrics(metrics, logger)
  const redis = createRedis(redisUrl, 'bulk', seen.redisError)
  const pinging = createRedis(redisUrl, 'lease', seen.redisError)
  const kafka = createKafka({ brokers, clientId: incarnation, onWarning: seen.kafkaWarning })
  const batcher = createBatcher({ kafka, clock, onFailure: seen.batchFailed })

  let reads: { feed: LogFeed; observer: RedisObserver } | null = null
  const model = createConsoleModel({
    clock,
    reading: () => (reads ? { ...reads.feed.facts(), redisAnsweredAt: reads.observer.answeredAt } : NOTHING_READ),
    onListenerFailed: seen.listenerFailed,
    onEvent: options.onEvent,
  })
  const audit = createAuditLog(clock, () => feed.audit)
  const feed: LogFeed = startLogFeed({
    kafka,
    batcher,
    clock,
    incarnation,
    model,
    onAudited: audit.apply,
    seen,
    signal: closing.signal,
  })
  const observer = startRedisObserver({
    redis,
    pinging,
    clock,
    schedule: model.schedule,
    versionOf: (sid) => model.copies.get(sid)?.redis?.version,
    onStored: model.putStored,
    onTrouble: seen.redisReadFailed,
  })
  reads = { feed, observer }
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
  const verify: Console['verify'] = (sids) =>
    verifySessions({ model, clock, sids, deadlineMs: VERIFY_MS, signal: closing.signal })
  const { versions, named, silent } = answers
  const sessions = { versions, named, silent, storedVersions: createVersionReader(redis), verify }
  const commands = createCommands({ audit, batcher, sessions, clock, incarnation })
  const signIns = createSignInClient({ board: () => feed.board, seal: createSeal(secret), clock, incarnation })
  await Promise.race([feed.firstPicture, clock.sleep(FIRST_PICTURE_MS, closing.signal)])

  return {
    ...answers,
    commands,
    signIns,
    verify,
    recheck(sids) {
      const known = sids === 'all' ? [...model.copies.all()].map(({ sid }) => sid) : sids
      for (const sid of known) model.schedule.hurry(sid)
    },
    subscribe: (listener) => model.changes.subscribe(listener),
    status() {
      const { copiesReadAsOf } = feed.facts()
      const look = model.look()
      return {
        isReady: copiesReadAsOf !== null,
        redisUp: doesRedisAnswer(look, observer.ping),
        kafkaUp: doesKafkaAnswer(look),
        lag: feed.lag,
        behindMs: copiesReadAsOf === null ? null : Math.max(0, Math.round(clock.monotonic() - copiesReadAsOf)),
        sessions: Object.values(model.sessions.counts).reduce((sum, count) => sum + count, 0),
        rev: model.changes.rev,
      }
    },
    async close() {
      closing.abort()
      commands.close()
      signIns.close()
      ticking.cancel()
      observer.close()
      model.changes.close()
      await feed.close()
      await batcher.close(LAST_WORDS_MS)
      redis.disconnect()
      pinging.disconnect()
    },
  }
}
