import { randomBytes } from 'node:crypto'
import type { Clock } from '@holdfast/runtime'
import { AssignerProtocol, type Kafka, type PartitionAssigner } from 'kafkajs'
import { readWatermarks, type Topic } from './topics.ts'

const { MemberAssignment, MemberMetadata } = AssignerProtocol

const SESSION_TIMEOUT_MS = 1_500
const HEARTBEAT_MS = 300

export interface LogRecord {
  partition: number
  offset: number
  key: string | null
  value: Buffer | null
}

export interface LogReaderOptions {
  kafka: Kafka
  clock: Clock
  topic: Topic
  partitions: readonly number[]
  /** `start`: everything that is kept; `end`: what comes after this reader was made. */
  from: 'start' | 'end'
  /** Called in each partition's order, once for each record. Synchronous: a reader never waits. */
  onRecord: (record: LogRecord) => void
  /** kafkajs has given up for good: the process must end and be started again. */
  onDead: (error: Error) => void
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
 * just these partitions, a new group for each reader so that it never waits for a dead predecessor. Positions are fixed
 * once, before this resolves, and sought at every join: kafkajs would resolve them anew there, and skip records.
 */
export async function createLogReader(options: LogReaderOptions): Promise<LogReader> {
  const { kafka, clock, topic, partitions, from, onRecord, onDead } = options
  const closing = new AbortController()
  const positions = new Map<number, number>()
  const targets = new Map<number, number>()
  const lags = new Map<number, number>()
  const { promise: caughtUp, resolve: resolveCaughtUp, reject: rejectCaughtUp } = Promise.withResolvers<void>()
  caughtUp.catch(() => undefined) // who waits for it hears of it

  const admin = kafka.admin()
  await admin.connect()
  const marks = await readWatermarks(admin, topic, clock, closing.signal)
  await admin.disconnect()
  for (const partition of partitions) {
    const { low, high } = marks.get(partition) ?? { low: 0, high: 0 }
    positions.set(partition, from === 'start' ? low : high)
    if (from === 'start' && low < high) targets.set(partition, high)
  }
  if (targets.size === 0) resolveCaughtUp()

  const consumer = kafka.consumer({
    groupId: `holdfast-reader-${randomBytes(8).toString('hex')}`,
    // Short: after a broker's crash kafkajs joins as a new member, and waits for its old self to expire.
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: 100,
    minBytes: 1,
    maxBytesPerPartition: 1024 * 1024,
    allowAutoTopicCreation: false,
    partitionAssigners: [fixedAssigner(topic, partitions)],
  })
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const [partition, offset] of positions) consumer.seek({ topic, partition, offset: String(offset) })
  })
  let answeredAt = clock.monotonic()
  consumer.on(consumer.events.FETCH, () => {
    answeredAt = clock.monotonic()
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart && !closing.signal.aborted) onDead(payload.error)
  })

  const reached = (partition: number): void => {
    const target = targets.get(partition)
    if (target === undefined || (positions.get(partition) ?? 0) < target) return
    targets.delete(partition)
    if (targets.size === 0) resolveCaughtUp()
  }

  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: ({ batch, resolveOffset, isStale }) => {
      if (isStale() || closing.signal.aborted) return Promise.resolve()
      const { partition } = batch
      for (const message of batch.messages) {
        const offset = Number(message.offset)
        if (offset >= (positions.get(partition) ?? 0)) {
          onRecord({ partition, offset, key: message.key?.toString() ?? null, value: message.value })
          positions.set(partition, offset + 1)
        }
        resolveOffset(message.offset)
      }
      // A compacted log's last offsets may be gone: the batch says how far it reaches.
      if (batch.messages.length > 0)
        positions.set(partition, Math.max(positions.get(partition) ?? 0, Number(batch.lastOffset()) + 1))
      lags.set(partition, Math.max(0, Number(batch.highWatermark) - (positions.get(partition) ?? 0)))
      reached(partition)
      return Promise.resolve()
    },
  })

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
      rejectCaughtUp(new Error('the reader was closed'))
      await consumer.disconnect()
    },
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
