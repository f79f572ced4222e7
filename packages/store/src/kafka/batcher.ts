import { type Clock, messageOf, once, withDeadline } from '@holdfast/runtime'
import { type Kafka, Partitioners, type Producer } from 'kafkajs'
import type { Topic } from './topics.ts'

/** One batch: at most so many records and so many bytes. */
const BATCH_RECORDS_MAX = 500
const BATCH_BYTES_MAX = 512 * 1024
/** What may wait for Kafka in one process; above it `isFull` holds and callers stop taking more in. */
export const BACKLOG_BYTES_MAX = 64 * 1024 * 1024
const RECORD_HEAD_BYTES = 100
const RETRY_MS = 100
const DISCONNECT_MS = 1_000

export interface OutgoingRecord {
  topic: Topic
  partition: number
  key: string | null
  /** Null: the key's tombstone in a compacted topic. */
  value: string | null
}

export interface Batcher {
  /** Takes a record; it is sent after all that were taken before it. Never waits, never refuses: see `isFull`. */
  send(record: OutgoingRecord): void
  /** A mark behind all that was taken so far, for `acknowledged`. */
  position(): number
  /** Resolves when Kafka has everything before the mark on all in-sync replicas; rejects only when closed before. */
  acknowledged(position: number): Promise<void>
  /** Resolves when there is room again; at once where there is. */
  room(): Promise<void>
  readonly isFull: boolean
  readonly backlogRecords: number
  /** Of BACKLOG_BYTES_MAX. */
  readonly backlogBytes: number
  /** How long the oldest record has waited, ms; 0 for none. */
  readonly oldestMs: number
  /** Batches that had to be sent again with a new producer. */
  readonly failures: number
  /** Records that the broker will never take (too large), dropped so that the rest goes on. */
  readonly refused: number
  /** Waits up to `deadlineMs` for what is left, then lets go. Returns how many records Kafka did not acknowledge. */
  close(deadlineMs: number): Promise<number>
}

export interface BatcherOptions {
  kafka: Kafka
  clock: Clock
  onFailure: (problem: string) => void
}

interface Waiter {
  position: number
  resolve: () => void
  reject: (error: Error) => void
}

/**
 * Sends records to Kafka with one request in flight. Order and no loss follow from that alone: kafkajs's idempotent
 * producer can lose an acknowledged message when two requests are in flight and the first's answer is lost. After an
 * error that is fatal for the producer (an out-of-order sequence) a new one sends the same batch again; the doubles
 * that this may make are dropped by the readers' numbers and causes.
 *
 * States: idle -> sending (one batch at a time, until none is left) -> idle; closed ends it.
 */
export function createBatcher({ kafka, clock, onFailure }: BatcherOptions): Batcher {
  const queue: { record: OutgoingRecord; bytes: number; at: number }[] = []
  let waiters: Waiter[] = []
  let roomWaiters: (() => void)[] = []
  let taken = 0
  let acknowledged = 0
  let backlogBytes = 0
  let failures = 0
  let refused = 0
  let batchMax = BATCH_RECORDS_MAX
  let sending = false
  let closed = false
  let producer: Producer | undefined

  const connect = async (): Promise<Producer> => {
    const fresh = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner, // never asked: each record names its partition
    })
    await fresh.connect()
    if (closed) await fresh.disconnect()
    return fresh
  }

  const reportFailure = (reason: unknown): void => onFailure(`disconnecting a producer: ${messageOf(reason)}`)

  const nextBatch = () => {
    let bytes = 0
    let count = 0
    for (const { bytes: size } of queue) {
      if (count === batchMax || (count > 0 && bytes + size > BATCH_BYTES_MAX)) break
      bytes += size
      count++
    }
    return { entries: queue.slice(0, count), bytes }
  }

  /** False: the broker will never take this batch. */
  const sendUntilAcknowledged = async (records: readonly OutgoingRecord[]): Promise<boolean> => {
    const topicMessages = groupByTopic(records)
    while (!closed) {
      try {
        producer ??= await connect()
        if (closed) return true
        await producer.sendBatch({ acks: -1, topicMessages })
        return true
      } catch (error) {
        failures++
        onFailure(messageOf(error))
        const broken = producer
        producer = undefined
        broken?.disconnect().catch(reportFailure)
        if (isTooLarge(error)) return false
        await clock.sleep(RETRY_MS)
      }
    }
    return true
  }

  const settle = (count: number, bytes: number): void => {
    queue.splice(0, count)
    acknowledged += count
    backlogBytes -= bytes
    const done = waiters.filter((waiter) => waiter.position <= acknowledged)
    waiters = waiters.filter((waiter) => waiter.position > acknowledged)
    for (const waiter of done) waiter.resolve()
    if (backlogBytes >= BACKLOG_BYTES_MAX) return
    const free = roomWaiters
    roomWaiters = []
    for (const resolve of free) resolve()
  }

  const pump = async (): Promise<void> => {
    sending = true
    await new Promise(setImmediate) // one turn of the event loop fills the batch
    while (queue.length > 0 && !closed) {
      const { entries, bytes } = nextBatch()
      const isTaken = await sendUntilAcknowledged(entries.map(({ record }) => record))
      if (closed) break
      if (!isTaken && entries.length > 1) {
        batchMax = Math.ceil(entries.length / 2) // until the one that is too large is alone
        continue
      }
      if (!isTaken) refused++
      batchMax = BATCH_RECORDS_MAX
      settle(entries.length, bytes)
    }
    sending = false
  }

  const letGo = once(async (): Promise<number> => {
    closed = true
    for (const waiter of waiters) waiter.reject(new Error('the batcher was closed before Kafka had the record'))
    waiters = []
    for (const resolve of roomWaiters) resolve()
    roomWaiters = []
    if (producer) await withDeadline(producer.disconnect(), DISCONNECT_MS, 'disconnecting', clock).catch(reportFailure)
    return queue.length
  })

  const batcher: Batcher = {
    send(record) {
      const bytes = Buffer.byteLength(record.value ?? '') + RECORD_HEAD_BYTES
      queue.push({ record, bytes, at: clock.monotonic() })
      taken++
      backlogBytes += bytes
      if (!sending && !closed) void pump()
    },
    position: () => taken,
    acknowledged(position) {
      if (position <= acknowledged) return Promise.resolve()
      if (closed) return Promise.reject(new Error('the batcher is closed'))
      return new Promise((resolve, reject) => waiters.push({ position, resolve, reject }))
    },
    room: () => (batcher.isFull && !closed ? new Promise((resolve) => roomWaiters.push(resolve)) : Promise.resolve()),
    get isFull() {
      return backlogBytes >= BACKLOG_BYTES_MAX
    },
    get backlogRecords() {
      return queue.length
    },
    get backlogBytes() {
      return backlogBytes
    },
    get oldestMs() {
      const oldest = queue[0]
      return oldest ? clock.monotonic() - oldest.at : 0
    },
    get failures() {
      return failures
    },
    get refused() {
      return refused
    },
    async close(deadlineMs) {
      const patience = new AbortController()
      const rest = batcher.acknowledged(taken).catch((reason: unknown) => onFailure(messageOf(reason)))
      await Promise.race([rest, clock.sleep(deadlineMs, patience.signal).catch(() => undefined)])
      patience.abort()
      return letGo()
    },
  }
  return batcher
}

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

/** kafkajs wraps the broker's answer, when it has tried often enough. */
function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('type' in error && TOO_LARGE.has(String(error.type))) || isTooLarge(error.cause)
}

function groupByTopic(records: readonly OutgoingRecord[]) {
  const byTopic = new Map<Topic, { partition: number; key: string | null; value: string | null }[]>()
  for (const { topic, ...message } of records) {
    const messages = byTopic.get(topic)
    if (messages) messages.push(message)
    else byTopic.set(topic, [message])
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }))
}
