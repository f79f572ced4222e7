import { randomBytes } from 'node:crypto'
import { type Clock, messageOf, withDeadline } from '@holdfast/runtime'
import {
  AssignerProtocol,
  type Batch,
  type Consumer,
  type ConsumerConfig,
  type Kafka,
  type PartitionAssigner,
} from 'kafkajs'
import { readWatermarks, type Topic } from './topics.ts'

const { MemberAssignment, MemberMetadata } = AssignerProtocol

const SESSION_TIMEOUT_MS = 1_500
const HEARTBEAT_MS = 300
/** A consumer that has not been answered for so long is let go and another one made: it may never speak again. */
const SILENCE_MAX_MS = 15_000
const LOOK_MS = 1_000
const FETCH_WAIT_MS = 100
/** So much ends a collecting wait at once: a reader that is behind reads on at full speed. */
const COLLECT_BYTES = 64 * 1024
const REOPEN_MS = 500
const DISCONNECT_MS = 2_000

export interface LogRecord {
  partition: number
  offset: number
  key: string | null
  value: Buffer | null
}

export interface LogReaderOptions {
  kafka: Pick<Kafka, 'admin' | 'consumer'>
  clock: Clock
  topic: Topic
  partitions: readonly number[]
  /** `start`: everything that is kept; `end`: what comes after this reader was made; `since`: what came from then on, epoch ms. */
  from: 'start' | 'end' | { since: number }
  /**
   * How long the broker may collect records before it answers, ms; default 0: it answers with the first. Each answer costs
   * the broker and this process some 0.1 ms, whatever it holds, so what nobody waits for is better collected.
   */
  collectMs?: number
  /** Called in each partition's order, once for each record. Synchronous: a reader never waits. */
  onRecord: (record: LogRecord) => void
  /** A consumer gave up, or fell silent: another one goes on at the same positions. */
  onReopened: (problem: string) => void
}

export interface LogReader {
  /** Resolves when everything that was there at the start has been given to `onRecord`. Rejects when closed before. */
  readonly caughtUp: Promise<void>
  /** Records that wait to be read, as of the last fetch. */
  readonly lag: number
  /** Since Kafka last answered a fetch (about ten times a second, also when there is nothing), ms. */
  readonly silentMs: number
  close(): Promise<void>
}

/**
 * Reads fixed partitions of a topic, alone. kafkajs has no assign(): a group of one with an assigner that gives out
 * just these partitions, a new group for each consumer so that it never waits for a dead predecessor. Positions are fixed
 * once, before this resolves, and sought at every join: kafkajs would resolve them anew there, and skip records.
 *
 * A consumer that kafkajs gives up (a crash that it does not restart, or one whose own clean-up failed and which says
 * nothing any more) is replaced at those positions: a gateway must not drop its players over its reader.
 */
export async function createLogReader(options: LogReaderOptions): Promise<LogReader> {
  const { kafka, clock, topic, partitions, from, collectMs = 0, onRecord, onReopened } = options
  const closing = new AbortController()
  const positions = new Map<number, number>()
  const targets = new Map<number, number>()
  const lags = new Map<number, number>()
  const { promise: caughtUp, resolve: resolveCaughtUp, reject: rejectCaughtUp } = Promise.withResolvers<void>()
  caughtUp.catch(() => undefined) // who waits for it hears of it

  const admin = kafka.admin()
  await admin.connect()
  const marks = await readWatermarks(admin, topic, clock, closing.signal)
  const since = typeof from === 'object' ? await admin.fetchTopicOffsetsByTimestamp(topic, from.since) : []
  await admin.disconnect()
  for (const partition of partitions) {
    const { low, high } = marks.get(partition) ?? { low: 0, high: 0 }
    const sought = since.find((each) => each.partition === partition)
    const first = from === 'start' ? low : from === 'end' ? high : Math.min(high, Number(sought?.offset ?? high))
    positions.set(partition, first)
    if (first < high) targets.set(partition, high)
  }
  if (targets.size === 0) resolveCaughtUp()

  const reached = (partition: number): void => {
    const target = targets.get(partition)
    if (target === undefined || (positions.get(partition) ?? 0) < target) return
    targets.delete(partition)
    if (targets.size === 0) resolveCaughtUp()
  }

  const take = (batch: Batch, resolveOffset: (offset: string) => void): void => {
    const { partition, messages } = batch
    for (const message of messages) {
      const offset = Number(message.offset)
      if (offset >= (positions.get(partition) ?? 0)) {
        onRecord({ partition, offset, key: message.key?.toString() ?? null, value: message.value })
        positions.set(partition, offset + 1)
      }
      resolveOffset(message.offset)
    }
    // A compacted log's last offsets may be gone: the batch says how far it reaches.
    const after = messages.length > 0 ? Number(batch.lastOffset()) + 1 : 0
    positions.set(partition, Math.max(positions.get(partition) ?? 0, after))
    lags.set(partition, Math.max(0, Number(batch.highWatermark) - (positions.get(partition) ?? 0)))
    reached(partition)
  }

  let current: Consumer | undefined
  let answeredAt = clock.monotonic()
  let openedAt = answeredAt
  let reopening = false

  const letGo = (consumer: Consumer): Promise<void> =>
    withDeadline(consumer.disconnect(), DISCONNECT_MS, 'disconnecting a reader', clock)

  const open = async (): Promise<void> => {
    const consumer = kafka.consumer(consumerConfig(topic, partitions, collectMs))
    current = consumer
    openedAt = clock.monotonic()
    const isCurrent = (): boolean => current === consumer && !closing.signal.aborted
    consumer.on(consumer.events.GROUP_JOIN, () => {
      for (const [partition, offset] of positions) consumer.seek({ topic, partition, offset: String(offset) })
    })
    consumer.on(consumer.events.FETCH, () => {
      if (isCurrent()) answeredAt = clock.monotonic()
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart && isCurrent()) reopen(payload.error.message)
    })
    await consumer.connect()
    if (!isCurrent()) return letGo(consumer)
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: ({ batch, resolveOffset, isStale }) => {
        if (!isStale() && isCurrent()) take(batch, resolveOffset)
        return Promise.resolve()
      },
    })
  }

  const reopen = (problem: string): void => {
    if (reopening || closing.signal.aborted) return
    reopening = true
    onReopened(problem)
    const old = current
    current = undefined
    if (old) letGo(old).catch((error: unknown) => onReopened(messageOf(error)))
    clock
      .sleep(REOPEN_MS, closing.signal)
      .then(open)
      .catch((error: unknown) => {
        // The watch below finds it silent, and tries again.
        if (!closing.signal.aborted) onReopened(messageOf(error))
      })
      .finally(() => {
        reopening = false
      })
  }

  await open()
  const watch = clock.setInterval(() => {
    const silentMs = clock.monotonic() - Math.max(answeredAt, openedAt)
    if (silentMs > SILENCE_MAX_MS) reopen(`no answer for ${Math.round(silentMs / 1_000)} s`)
  }, LOOK_MS)

  return {
    caughtUp,
    get lag() {
      let sum = 0
      for (const lag of lags.values()) sum += lag
      return sum
    },
    get silentMs() {
      return clock.monotonic() - answeredAt
    },
    async close() {
      closing.abort()
      watch.cancel()
      rejectCaughtUp(new Error('the reader was closed'))
      if (current) await letGo(current)
    },
  }
}

function consumerConfig(topic: Topic, partitions: readonly number[], collectMs: number): ConsumerConfig {
  return {
    groupId: `holdfast-reader-${randomBytes(8).toString('hex')}`,
    // Short: after a broker's crash kafkajs joins as a new member, and waits for its old self to expire.
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: collectMs === 0 ? FETCH_WAIT_MS : collectMs,
    minBytes: collectMs === 0 ? 1 : COLLECT_BYTES,
    maxBytesPerPartition: 1024 * 1024,
    allowAutoTopicCreation: false,
    partitionAssigners: [fixedAssigner(topic, partitions)],
  }
}

function fixedAssigner(topic: Topic, partitions: readonly number[]): PartitionAssigner {
  return () => ({
    name: 'fixed',
    version: 1,
    protocol: ({ topics }) => ({
      name: 'fixed',
      metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }),
    }),
    assign: ({ members }) =>
      Promise.resolve(
        members.map(({ memberId }) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({
            version: 1,
            assignment: { [topic]: [...partitions] },
            userData: Buffer.alloc(0),
          }),
        })),
      ),
  })
}
