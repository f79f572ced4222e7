import type { Logger, Metrics } from '@holdfast/runtime'
import type { StoreStatus } from './connection-state-store.ts'
import type { Partition, Sid } from './contracts/index.ts'
import type { Batcher } from './kafka/batcher.ts'
import type { OwnedPartition } from './partition/owned-partition.ts'
import type { StoredPartition } from './redis/partition-loader.ts'
import type { QueueMeter } from './write-behind/queue-figures.ts'
import { collectQueue } from './write-behind/queue-metrics.ts'

/** Warnings of one kind are logged at most this often; all are counted. */
const LOG_EVERY_MS = 5_000

/** What the state layer counts and says. Sids are logged, never addresses, names or what players type. */
export function createStoreMetrics(metrics: Metrics, logger: Logger) {
  const updates = metrics.counter('metadata_updates_total', 'Fields written to Redis', ['key', 'result'])
  const drops = metrics.counter('records_dropped_total', 'Records of the session log that changed nothing', ['why'])
  const redisErrors = metrics.counter('redis_errors_total', 'Connection errors of Redis clients')
  const kafkaWarnings = metrics.counter('kafka_warnings_total', 'Warnings of the Kafka client')
  const batchFailures = metrics.counter('kafka_batch_failures_total', 'Batches that a new producer sent again')
  const poison = metrics.counter('poison_records_total', 'Records that could not be applied: dead letters')
  const skipped = metrics.counter('inputs_skipped_total', 'Input numbers that never came')
  const refusals = metrics.counter('flush_refusals_total', 'Flushes that Redis refused', ['why'])
  const flushMs = metrics.histogram('flush_ms', 'One call of the flush script, ms', ['result'])
  const openings = metrics.counter('breaker_openings_total', 'Times that Redis was given up until a probe succeeds')
  const unreadables = metrics.counter('sessions_unreadable_total', 'Stored sessions that a takeover could not read')
  const losses = metrics.counter('store_losses_total', 'Times that Redis had lost what it had acknowledged', ['kind'])
  const workFailures = metrics.counter(
    'question_failures_total',
    'Work beside the line that failed and was tried again',
  )
  const dataGaps = metrics.counter('data_gaps_total', 'Replays that the log could no longer serve')
  const orders = metrics.counter('wizard_orders_total', 'Wizards’ commands, by what they were answered', [
    'type',
    'outcome',
  ])
  const signInDrops = metrics.counter('sign_ins_dropped_total', 'Sign-ins of consoles that were not worked on', ['why'])
  const takeovers = metrics.histogram('takeover_ms', 'From the join of the group to ready, ms', ['how'])
  // A series that begins with its first event shows no increase: an alert would miss that one.
  for (const kind of ['rolled-back', 'replaced']) losses.inc({ kind }, 0)
  const lastLogged = new Map<string, number>()

  const warn = (message: string, detail: object): void => {
    const now = performance.now()
    if (now - (lastLogged.get(message) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return
    lastLogged.set(message, now)
    logger.warn(detail, message)
  }
  /** Custom metadata has as many keys as players think of: one label for all of them. */
  const keyOf = (field: string): string => (field.startsWith('meta:') ? 'meta' : field)

  /** One step of the counter for each key: a flush has few keys and many sessions, and a labelled step is dear. */
  const count = (fields: readonly string[], result: 'stored' | 'failed' | 'dead'): void => {
    const byKey = new Map<string, number>()
    for (const field of fields) byKey.set(keyOf(field), (byKey.get(keyOf(field)) ?? 0) + 1)
    for (const [key, amount] of byKey) updates.inc({ key, result }, amount)
  }

  return {
    redisError(error: Error): void {
      redisErrors.inc()
      warn('Redis connection', { error: error.message })
    },
    kafkaWarning(message: string, detail: { namespace: string; error: string | undefined }): void {
      kafkaWarnings.inc()
      warn('Kafka client', { reason: message, ...detail })
    },
    batchFailed(problem: string): void {
      batchFailures.inc()
      warn('Kafka did not take a batch; it is sent again', { error: problem })
    },
    fenced({ partition, epoch }: OwnedPartition): void {
      refusals.inc({ why: 'fenced' })
      logger.warn({ partition, epoch }, 'fenced: a newer owner has acquired the partition')
    },
    rolledBack({ partition }: OwnedPartition): void {
      refusals.inc({ why: 'rolled-back' })
      losses.inc({ kind: 'rolled-back' })
      warn('STORE_ROLLED_BACK: the store has lost acknowledged flushes; everything is written again', { partition })
    },
    storeReplaced(): void {
      losses.inc({ kind: 'replaced' })
      logger.error('STORE_REPLACED: another or an emptied Redis answers; everything is written again')
    },
    /** Seen before any flush has met it. */
    storeLost(partition: Partition, state: string): void {
      warn('the store is behind what it has acknowledged', { partition, state })
    },
    redisAway(problem: string): void {
      logger.warn({ error: problem }, 'REDIS_UNAVAILABLE: Redis does not answer; memory goes on, writes wait')
    },
    deadInStore({ partition }: OwnedPartition): void {
      refusals.inc({ why: 'dead' })
      logger.warn({ partition }, 'a session has a tombstone in Redis: ended here too')
    },
    newerConnection({ partition }: OwnedPartition): void {
      refusals.inc({ why: 'newer-connection' })
      logger.warn({ partition }, 'a session was attached again before its close was stored')
    },
    stored(fields: readonly string[]): void {
      count(fields, 'stored')
    },
    storeFailed(fields: readonly string[], problem: string): void {
      count(fields, 'failed')
      warn('a flush failed; it is tried again', { error: problem, fields: fields.length })
    },
    deadLetter(sid: Sid, fields: readonly string[], problem: string): void {
      count(fields, 'dead')
      logger.error({ sid, fields: fields.length, error: problem }, 'DEAD_LETTER: Redis refuses a session for good')
    },
    flushed(ms: number, result: string): void {
      flushMs.observe({ result }, ms)
    },
    breakerChanged(state: 'open' | 'closed', error: string | null): void {
      if (state === 'open') openings.inc()
      if (state === 'open') logger.warn({ error }, 'BREAKER_OPEN: writes to Redis wait for a probe to succeed')
      else logger.info('Redis takes writes again')
    },
    workFailed(problem: string): void {
      workFailures.inc()
      warn('work on a question failed; it is tried again', { error: problem })
    },
    orderAnswered(type: string, outcome: string): void {
      orders.inc({ type, outcome })
    },
    signInDropped(why: string): void {
      signInDrops.inc({ why })
    },
    signInFailed(trace: string): void {
      warn('a sign-in could not be checked', { error: trace })
    },
    dropped(why: string): void {
      drops.inc({ why })
    },
    skippedInputs(sid: Sid, count: number): void {
      skipped.inc(count)
      logger.warn({ sid, count }, 'input numbers were skipped')
    },
    poison(problem: string): void {
      poison.inc()
      logger.error({ error: problem }, 'a record could not be applied twice in a row: dead letter')
    },
    ready({ partition, epoch, sessions }: OwnedPartition, how: string, tookMs: number): void {
      takeovers.observe({ how }, tookMs)
      logger.debug({ partition, epoch, how, sessions: sessions.size, tookMs: Math.round(tookMs) }, 'partition ready')
    },
    lost({ partition, epoch }: OwnedPartition): void {
      logger.debug({ partition, epoch }, 'partition given away')
    },
    /** Every partition that this server has is ready. */
    allReady(partitions: number, tookMs: number): void {
      logger.info({ partitions, tookMs: Math.round(tookMs) }, 'ready with all partitions')
    },
    dataGap(partition: Partition, wanted: number, low: number): void {
      dataGaps.inc()
      logger.error({ partition, wanted, low }, 'DATA_GAP: the log does not hold what was to be replayed')
    },
    unreadable(partition: Partition, unreadable: StoredPartition['unreadable']): void {
      unreadables.inc(unreadable.length)
      for (const { sid, problem } of unreadable) logger.error({ partition, sid, problem }, 'RECORD_UNREADABLE')
    },
    takeoverFailed(partition: Partition, problem: string): void {
      warn('taking a partition over failed; it is tried again', { partition, error: problem })
    },
    collectFrom(status: () => StoreStatus, batcher: Batcher, meter: QueueMeter): void {
      const backlog = (name: string, help: string, value: () => number) =>
        metrics.gauge(name, help, [], (self) => self.set(value()))
      backlog('kafka_backlog_records', 'Records that wait for Kafka', () => batcher.backlogRecords)
      backlog('kafka_oldest_ms', 'How long the oldest record waits for Kafka, ms', () => batcher.oldestMs)
      backlog('kafka_refused_records', 'Records too large for the broker: dropped', () => batcher.refused)
      const gauge = (name: string, help: string, value: (status: StoreStatus) => number) =>
        metrics.gauge(name, help, [], (self) => self.set(value(status())))
      gauge('sessions', 'Sessions in the memory of this server', ({ sessions }) => sessions)
      gauge('partitions_owned', 'Partitions of this server', ({ owned }) => owned.length)
      gauge('partitions_unready', 'Partitions of this server that are not ready', ({ unready }) => unready.length)
      gauge('dirty_sessions', 'Sessions with fields that Redis has not acknowledged', ({ dirty }) => dirty)
      gauge('session_lag_records', 'Records of the session log that wait', ({ lag }) => lag)
      collectQueue(metrics, meter.figures)
    },
  }
}

export type StoreMetrics = ReturnType<typeof createStoreMetrics>
