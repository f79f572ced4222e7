import type { Clock } from '@holdfast/runtime'
import type { Kafka } from 'kafkajs'
import type { LogRecord } from './log-reader.ts'
import { type Claim, stickyAssigner } from './sticky-assigner.ts'
import { readWatermarks, TOPICS, type Watermarks } from './topics.ts'

const TOPIC = TOPICS.session

/** How soon the group notices a dead server: the larger part of a takeover. */
export const SESSION_TIMEOUT_MS = 1_500
const HEARTBEAT_MS = 300
const REBALANCE_TIMEOUT_MS = SESSION_TIMEOUT_MS + 1_000
/** Also how long kafkajs sleeps when all partitions are paused, before it notices a resume. */
const FETCH_WAIT_MS = 100
const FETCH_BYTES_MAX = 256 * 1024

export interface GroupReaderHandlers {
  /**
   * The group has met. Called synchronously between the join and the next fetch, so that what is paused or sought here
   * is never fetched first. `sameMember`: this process took part in every generation since its last join, so nobody
   * else can have owned what it keeps.
   */
  onJoin(assigned: readonly number[], sameMember: boolean): void
  /** Records in order. `false`: not wanted now; they come again after the next seek. Synchronous. */
  onRecords(partition: number, records: readonly LogRecord[]): boolean
  /** kafkajs has given up for good: the process must end and be started again. */
  onDead(error: Error): void
  claim(): Omit<Claim, 'generation'>
}

export interface GroupReader {
  start(handlers: GroupReaderHandlers): Promise<void>
  /** Where the partition's next records come from. A seek before `resume` is never overtaken by older batches. */
  seek(partition: number, offset: number): void
  pause(partitions: readonly number[]): void
  resume(partitions: readonly number[]): void
  paused(): readonly number[]
  /** Whether Kafka's last word (a join or a heartbeat) is young enough to believe that this process is a member. */
  isMembershipFresh(): boolean
  /** Resolves at the next heartbeat that Kafka answers. */
  nextHeartbeat(): Promise<void>
  watermarks(): Promise<Watermarks>
  /** Makes the group meet again, with this member's fresh claim. */
  rejoin(): void
  /** Leaves the group; the others are told at once. */
  close(): Promise<void>
}

/**
 * The group of servers that shares the partitions of `holdfast.session`. Nothing is committed: where to read from comes
 * with the state, from Redis. kafkajs keeps pause flags over rebalances and forgets seeks at restarts: whoever uses this
 * seeks and resumes explicitly at every join.
 */
export function createGroupReader(kafka: Kafka, clock: Clock, groupId: string): GroupReader {
  const closing = new AbortController()
  const admin = kafka.admin()
  let handlers: GroupReaderHandlers | undefined
  let generation = 0
  let memberId = ''
  let lastWord = Number.NEGATIVE_INFINITY
  let rejoinWanted = false
  let heartbeatWaiters: (() => void)[] = []

  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    minBytes: 1,
    maxBytesPerPartition: FETCH_BYTES_MAX,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      stickyAssigner(TOPIC, () => ({ ...(handlers?.claim() ?? { owned: [], draining: false }), generation })),
    ],
  })
  const on = (partitions: readonly number[]) => [{ topic: TOPIC, partitions: [...partitions] }]

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    lastWord = clock.monotonic()
    const sameMember = memberId === payload.memberId
    memberId = payload.memberId
    handlers?.onJoin(payload.memberAssignment[TOPIC] ?? [], sameMember)
  })
  consumer.on(consumer.events.HEARTBEAT, ({ payload }) => {
    // kafkajs's own types lack it; claims need it, the fence does not.
    if ('groupGenerationId' in payload && typeof payload.groupGenerationId === 'number')
      generation = payload.groupGenerationId
    lastWord = clock.monotonic()
    const waiting = heartbeatWaiters
    heartbeatWaiters = []
    for (const resolve of waiting) resolve()
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart && !closing.signal.aborted) handlers?.onDead(payload.error)
  })
  // kafkajs has no rejoin(). Its runner joins again, with the same member id, on any error of this type, and listeners
  // of FETCH_START run inside its fetch loop.
  consumer.on(consumer.events.FETCH_START, () => {
    if (!rejoinWanted) return
    rejoinWanted = false
    throw Object.assign(new Error('rejoin'), { type: 'REBALANCE_IN_PROGRESS' })
  })

  return {
    async start(given) {
      handlers = given
      await admin.connect()
      await consumer.connect()
      await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 8,
        eachBatch: async ({ batch, resolveOffset, heartbeat, isStale }) => {
          // pause() and seek() do not call back batches that are queued already: such a one may lie beyond a seek.
          if (isStale()) return
          const records = batch.messages.map((message) => ({
            partition: batch.partition,
            offset: Number(message.offset),
            key: message.key?.toString() ?? null,
            value: message.value,
          }))
          if (!given.onRecords(batch.partition, records)) return
          resolveOffset(batch.lastOffset())
          await heartbeat()
        },
      })
    },
    seek: (partition, offset) => consumer.seek({ topic: TOPIC, partition, offset: String(offset) }),
    pause: (partitions) => consumer.pause(on(partitions)),
    resume: (partitions) => consumer.resume(on(partitions)),
    paused: () => consumer.paused().flatMap(({ partitions }) => partitions),
    isMembershipFresh: () => clock.monotonic() - lastWord < SESSION_TIMEOUT_MS / 2,
    nextHeartbeat: () => new Promise((resolve) => heartbeatWaiters.push(resolve)),
    watermarks: () => readWatermarks(admin, TOPIC, clock, closing.signal),
    rejoin: () => {
      rejoinWanted = true
    },
    async close() {
      closing.abort()
      await consumer.disconnect()
      await admin.disconnect()
    },
  }
}
