import { randomBytes } from 'node:crypto'
import { type Clock, type Logger, type Metrics, messageOf } from '@holdfast/runtime'
import { startAudit } from './audit/audit.ts'
import type { Partition, SessionRecord } from './contracts/index.ts'
import { openControlBoard, startBeats } from './control/control-board.ts'
import { startGatewayCare } from './gateways/gateway-care.ts'
import { BACKLOG_BYTES_MAX, createBatcher } from './kafka/batcher.ts'
import { createKafka } from './kafka/create-kafka.ts'
import { createGroupReader } from './kafka/group-reader.ts'
import { createSeal } from './kafka/seal.ts'
import { ensureTopics } from './kafka/topics.ts'
import { createGatewayOrders } from './orders/gateway-orders.ts'
import { createCopyReader } from './orders/read-copy.ts'
import { createFlushEvents } from './partition/flush-events.ts'
import type { Game, SessionsView } from './partition/game.ts'
import { createOutbox } from './partition/outbox.ts'
import { markAllDirty, type OwnedPartition } from './partition/owned-partition.ts'
import { createOwnership, type Life } from './partition/ownership.ts'
import { createPartitionLine } from './partition/partition-line.ts'
import { startProgressWatch } from './partition/progress-watch.ts'
import { createQuestionWorker } from './partition/question-worker.ts'
import { startStatePublisher } from './partition/state-publisher.ts'
import { createRedis } from './redis/create-redis.ts'
import { createPartitionLoader } from './redis/partition-loader.ts'
import { createRedisReader } from './redis/redis-copies.ts'
import { createSessionScripts } from './redis/session-scripts.ts'
import { watchStore } from './redis/store-watch.ts'
import { readReplica } from './replica/replica-reader.ts'
import { createStateReplica } from './replica/state-replica.ts'
import { openSignInDesk } from './sign-in/sign-in-desk.ts'
import { createStoreMetrics } from './store-metrics.ts'
import { type BreakerState, createBreaker } from './write-behind/breaker.ts'
import { startFlushLoop } from './write-behind/flush-loop.ts'
import { createPartitionFlusher } from './write-behind/partition-flusher.ts'
import { countQueues, createQueueMeter } from './write-behind/queue-figures.ts'

/** Waiting for Kafka at the start. */
const KAFKA_START_WAIT_MS = 60_000
const GROUP = 'holdfast-servers'
/** How long a session whose gateway died waits for its player. */
const DETACHED_GRACE_MS = 120_000

export interface StoreStatus {
  redisUp: boolean
  /** How long Redis took to answer at the last look, ms; null while it does not. */
  redisMs: number | null
  kafkaUp: boolean
  /** Records that wait for Kafka to take them. */
  kafkaBacklog: number
  replicaRead: boolean
  hasJoined: boolean
  owned: readonly Partition[]
  unready: readonly Partition[]
  sessions: number
  dirty: number
  lag: number
  breaker: BreakerState
}

/**
 * The connection state of a game, as a server holds it.
 *
 * **Authority.** Each field has one owner (contracts/session-record.ts): the gateway is right about the connection
 * (status, address, window, client), the server about the player (binding, login state, room, LastConnectionSignal,
 * numbers, metadata). Neither writes the other's, except that an owner writes a lost record again whole. Each session
 * belongs to one partition, and a partition to one server at a time, the holder of its fence in Redis.
 *
 * **Consistency.** Memory is the truth while its owner lives: a read or change here never waits for Redis or Kafka (G1).
 * Bindings are written through before the player is told (or the player is told that they are not); all else is written
 * behind within 250 ms while Redis is there, from memory, fenced, and retried until it is stored. Other servers' sessions
 * are read from a replica of what their owners publish: who and where at once, activity at most a second late.
 *
 * **Recovery.** The log (`holdfast.session`) is replayed over what Redis holds, from the offset that was stored in the
 * same step as the state. What a record causes is in Kafka before the record counts as done in Redis, so a crash at any
 * moment loses nothing, and what was applied already is known by its number.
 */
export interface ConnectionStateStore {
  /** All sessions of all servers; never waits. */
  readonly sessions: SessionsView
  status(): StoreStatus
  /** Gives all partitions to the other servers but stays up. */
  drain(): void
  /** Planned stop: reads no more, stores everything, leaves the group. Within `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>
}

export interface StoreOptions {
  redisUrl: string
  brokers: readonly string[]
  /** HOLDFAST_SECRET. */
  secret: string
  /** This run of the process, unique. */
  incarnation: string
  game: Game
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** Fires when the process is to stop: ends what waits at the start. */
  signal: AbortSignal
  /** How long a session whose gateway died waits for its player, ms. */
  graceMs?: number
  random?: () => number
  /** This process cannot go on (kafkajs gave up, or a partition is stuck): end it, so that it is started again. */
  onDead: (error: Error) => void
}

/** Starts a server's part in the group; resolves when it may be given partitions. Redis may be away, Kafka not. */
export async function startConnectionStateStore(options: StoreOptions): Promise<ConnectionStateStore> {
  const { redisUrl, brokers, secret, incarnation, game, clock, logger, metrics, signal, onDead } = options
  const { random = Math.random, graceMs = DETACHED_GRACE_MS } = options
  const seen = createStoreMetrics(metrics, logger)
  const flushRedis = createRedis(redisUrl, 'flush', seen.redisError)
  const bulkRedis = createRedis(redisUrl, 'bulk', seen.redisError)
  const scripts = createSessionScripts(flushRedis)
  const kafka = createKafka({ brokers, clientId: incarnation, onWarning: seen.kafkaWarning })
  await ensureTopics(kafka, clock, KAFKA_START_WAIT_MS, signal)

  const batcher = createBatcher({ kafka, clock, onFailure: seen.batchFailed })
  const board = await openControlBoard({
    kafka,
    batcher,
    clock,
    incarnation,
    onReopened: (problem) => seen.kafkaWarning('a reader was opened anew', { namespace: 'control', error: problem }),
  })
  const replica = createStateReplica()
  const replicaReader = await readReplica({
    kafka,
    clock,
    replica,
    onReopened: (problem) => seen.kafkaWarning('a reader was opened anew', { namespace: 'replica', error: problem }),
  })
  const seal = createSeal(secret)
  const breaker = createBreaker(clock, random, (state) => {
    seen.breakerChanged(state, meter.error)
    // One for an outage; each session that waits tells of itself in its published copy.
    const id = `b:${randomBytes(8).toString('hex')}`
    if (state === 'open') outbox.show('flush.failed', null, { error: meter.error, breaker: state, isDead: false }, id)
  })
  const meter = createQueueMeter({
    clock,
    breaker,
    counts: () => countQueues(queuesOf(ownership.lives()), clock),
    ofBound: ({ pending, retrying, dead }) =>
      Math.max((pending + retrying + dead) / Math.max(1, status().sessions), batcher.backlogBytes / BACKLOG_BYTES_MAX),
  })
  const outbox = createOutbox({ batcher, clock, incarnation, slotOf: (sid) => replica.get(sid)?.slot })
  const group = createGroupReader(kafka, clock, GROUP)

  const readCopy = createCopyReader(flushRedis, breaker)
  const gateways = createGatewayOrders(board, { clock, incarnation })
  const flushEvents = createFlushEvents({
    seen,
    meter,
    replica,
    outbox,
    clock,
    onFenced: (owned) => ownership.onFenced(owned),
  })

  const makeLife = (owned: OwnedPartition, isCurrent: () => boolean, since: number): Life => {
    const flusher = createPartitionFlusher({
      owned,
      owner: incarnation,
      scripts,
      batcher,
      breaker,
      clock,
      random,
      isCurrent,
      events: flushEvents,
    })
    const worker = createQuestionWorker({
      game,
      seal,
      outbox,
      clock,
      random,
      storeBinding: (sid) => flusher.storeBinding(sid),
      onFailed: seen.workFailed,
    })
    const line = createPartitionLine({
      owned,
      game,
      seal,
      replica,
      outbox,
      batcher,
      clock,
      isCurrent,
      orders: {
        readCopy,
        gateways,
        writes: { store: flusher.storeBinding, retryNow: flusher.retryNow, drop: flusher.drop },
        recheck: (sid) => void audit.recheck(sid),
        reconciled: (sid) => audit.expectCommand(sid),
        problemOf: (session) => game.problemOf?.(session) ?? null,
        onAnswered: seen.orderAnswered,
      },
      events: {
        onDropped: seen.dropped,
        onSkippedInputs: seen.skippedInputs,
        onPoison: seen.poison,
        onProgress: (life) => ownership.onProgress(life),
        // While it replays, the answer may be in the log already; what is still open is asked when it is ready.
        onAsked: (life, session) => {
          if (life.ready) worker.start(session)
        },
        onPartitionEvent(life, event, offset) {
          gatewayCare.heard(life, event, offset)
          audit.heard(event)
        },
        onRoom: (life) => ownership.onRoom(life),
      },
    })
    return { owned, line, flusher, worker, since, gapAt: null }
  }

  const ownership = createOwnership({
    group,
    replica,
    replicaRead: replicaReader.read,
    outbox,
    acquire: (partition, minEpoch) => scripts.acquire(partition, incarnation, minEpoch),
    load: createPartitionLoader(bulkRedis, clock.now),
    makeLife,
    clock,
    random,
    events: {
      onReady(owned, how, tookMs) {
        seen.ready(owned, how, tookMs)
        gatewayCare.ready(owned)
        const all = [...ownership.lives()]
        if (all.every((life) => life.owned.ready)) seen.allReady(all.length, tookMs)
        const { partition, epoch } = owned
        outbox.show('ownership.moved', null, { partition, epoch, how }, `o:${partition}:${epoch}`)
      },
      onLost: seen.lost,
      onDataGap(partition, wanted, low, high) {
        seen.dataGap(partition, wanted, low)
        outbox.show('data-gap', null, { partition, wanted, low, high }, `g:${randomBytes(8).toString('hex')}`)
      },
      onUnreadable: seen.unreadable,
      onTakeoverFailed: seen.takeoverFailed,
      onDead,
    },
  })

  const signIns = openSignInDesk({
    board,
    seal,
    outbox,
    clock,
    incarnation,
    answersFor: (partition) => ownership.life(partition)?.owned.ready === true,
    signIn: (question) => game.signIn?.(question) ?? Promise.resolve({ answer: { kind: 'unavailable' }, who: null }),
    onDropped: seen.signInDropped,
    onFailed: seen.signInFailed,
  })
  const watch = watchStore({
    redis: bulkRedis,
    clock,
    owner: incarnation,
    held: () => [...ownership.lives()].map(({ owned }) => owned).filter(({ loaded }) => loaded),
    events: {
      onReplaced() {
        seen.storeReplaced()
        for (const { owned } of ownership.lives()) if (owned.loaded) markAllDirty(owned)
      },
      onLost(partition, state) {
        seen.storeLost(partition, state)
        const life = ownership.life(partition)
        if (life) life.owned.flushedOffset = -1 // something to flush: the answer says what to do
      },
      onUnfit: (problem) => onDead(new Error(problem)),
      onAway: seen.redisAway,
    },
  })
  const flushLoop = startFlushLoop(clock, () => flushersOf(ownership.lives()))
  const publisher = startStatePublisher({ clock, lives: () => ownership.lives(), outbox, replica })
  const progress = startProgressWatch({ clock, group, lives: () => ownership.lives(), batcher, onStuck: onDead })
  const audit = startAudit({
    clock,
    logger,
    metrics,
    incarnation,
    lives: () => ownership.lives(),
    life: (partition) => ownership.life(partition),
    redis: createRedisReader(bulkRedis),
    replica,
    isReplicaFresh: () => replicaReader.isFresh,
    board,
    outbox,
    breaker,
    isGatewayDead: (gateway, slot) => gatewayCare.isDead(gateway, slot),
    progress,
  })
  const gatewayCare = startGatewayCare({
    clock,
    logger,
    metrics,
    incarnation,
    board,
    outbox,
    redis: bulkRedis,
    replica,
    owned: () => ownedBy(ownership.lives()),
    isRedisUp: () => watch.isUp,
    graceMs,
  })

  const status = (): StoreStatus => {
    const lives = [...ownership.lives()].map(({ owned }) => owned)
    return {
      redisUp: watch.isUp,
      redisMs: watch.lookMs,
      kafkaUp: progress.isKafkaUp,
      kafkaBacklog: batcher.backlogRecords,
      replicaRead: replicaReader.isRead,
      hasJoined: ownership.hasJoined,
      owned: lives.map(({ partition }) => partition),
      unready: lives.filter(({ ready }) => !ready).map(({ partition }) => partition),
      sessions: lives.reduce((sum, { sessions }) => sum + sessions.size, 0),
      dirty: lives.reduce((sum, { dirty }) => sum + dirty.size, 0),
      lag: progress.lag,
      breaker: breaker.state,
    }
  }
  seen.collectFrom(status, batcher, meter)
  const beats = startBeats({
    clock,
    board,
    incarnation,
    content() {
      const { sessions, owned, lag, redisUp } = status()
      return {
        role: 'server',
        slot: null,
        sessions,
        partitions: [...owned],
        lag,
        redisUp,
        queue: meter.figures(),
        audit: audit.coverage(),
      }
    },
  })
  await ownership.start()

  return {
    sessions: replica,
    status,
    drain: () => ownership.drain(),
    async stop(deadlineMs) {
      const until = clock.monotonic() + deadlineMs
      ownership.stopReading()
      while ([...ownership.lives()].some(({ line }) => line.length > 0) && clock.monotonic() < until)
        await clock.sleep(10)
      flushLoop.close()
      publisher.close()
      signIns.close()
      progress.close()
      audit.close()
      gatewayCare.close()
      const flushed = flushLoop
        .flushAll()
        .catch((error: unknown) => logger.error({ error: messageOf(error) }, 'last flush'))
      await Promise.race([flushed, clock.sleep(Math.max(0, until - clock.monotonic()))])
      await ownership.close()
      beats.close()
      const left = await batcher.close(Math.max(0, until - clock.monotonic()))
      if (left > 0) logger.warn({ records: left }, 'stopped before Kafka had everything: the log will be replayed')
      await replicaReader.close()
      await board.close()
      watch.close()
      flushRedis.disconnect()
      bulkRedis.disconnect()
    },
  }
}

function* flushersOf(lives: Iterable<Life>) {
  for (const { flusher } of lives) yield flusher
}

function* ownedBy(lives: Iterable<Life>) {
  for (const { owned } of lives) yield owned
}

function* queuesOf(lives: Iterable<Life>) {
  for (const { owned } of lives) yield owned.dirty
}

export type { SessionRecord }
