import { type Clock, OperationalError } from '@holdfast/runtime'
import type { Admin, Kafka } from 'kafkajs'
import { PARTITIONS } from '../contracts/index.ts'

/** Gateway slots: each is a partition of `holdfast.out`. */
export const SLOTS = 64

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

interface TopicPlan {
  partitions: number
  config: Readonly<Record<string, string>>
}

const keptFor = (ms: number): Record<string, string> => ({ 'retention.ms': String(ms) })

/** Every topic, by what it is for. */
export const TOPICS = {
  session: 'holdfast.session',
  out: 'holdfast.out',
  state: 'holdfast.state',
  control: 'holdfast.control',
  events: 'holdfast.events',
  audit: 'holdfast.audit',
  deadLetter: 'holdfast.dead-letter',
} as const
export type Topic = (typeof TOPICS)[keyof typeof TOPICS]

const PLANS: Readonly<Record<Topic, TopicPlan>> = {
  'holdfast.session': { partitions: PARTITIONS, config: { ...keptFor(DAY_MS), 'segment.ms': String(HOUR_MS) } },
  'holdfast.out': { partitions: SLOTS, config: { ...keptFor(HOUR_MS), 'segment.ms': String(HOUR_MS / 4) } },
  'holdfast.state': { partitions: PARTITIONS, config: { 'cleanup.policy': 'compact', 'segment.ms': String(HOUR_MS) } },
  'holdfast.control': { partitions: 1, config: keptFor(DAY_MS) },
  'holdfast.events': { partitions: 4, config: keptFor(3 * DAY_MS) },
  // A request may name 10,000 sessions, each with the version that was expected.
  'holdfast.audit': { partitions: 1, config: { 'retention.ms': '-1', 'max.message.bytes': String(4 * 1024 * 1024) } },
  'holdfast.dead-letter': { partitions: 1, config: keptFor(14 * DAY_MS) },
}

/**
 * With the default, the first index entries of 64 partitions stall producing for about a second in all, some seconds
 * after the load begins; with this the 99th percentile stays near 11 ms.
 */
const SEGMENT_INDEX_BYTES = '65536'

/**
 * Makes the topics that are missing and checks the others' partition counts. Waits for Kafka up to `deadlineMs`, or until `signal`; safe
 * against other processes that do the same. Rejects with `KAFKA_UNAVAILABLE`, or `TOPIC_UNFIT` where a topic has
 * another number of partitions.
 */
export async function ensureTopics(kafka: Kafka, clock: Clock, deadlineMs: number, signal: AbortSignal): Promise<void> {
  const admin = kafka.admin({ retry: { retries: 3, initialRetryTime: 50, maxRetryTime: 200 } })
  const until = clock.monotonic() + deadlineMs
  try {
    for (;;) {
      try {
        await admin.connect()
        await createMissing(admin)
        return await checkPartitions(admin)
      } catch (error) {
        const final = error instanceof OperationalError && !error.retryable
        if (final || clock.monotonic() > until) throw error
        await clock.sleep(200, signal)
      }
    }
  } finally {
    await admin.disconnect()
  }
}

async function createMissing(admin: Admin): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const missing = Object.entries(PLANS).filter(([topic]) => !existing.has(topic))
  if (missing.length === 0) return
  const brokers = (await admin.describeCluster()).brokers.length
  const replicated = brokers >= 3
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(([topic, { partitions, config }]) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: replicated ? 3 : 1,
      configEntries: Object.entries({
        ...config,
        'segment.index.bytes': SEGMENT_INDEX_BYTES,
        'min.insync.replicas': replicated ? '2' : '1',
      }).map(([name, value]) => ({ name, value })),
    })),
  })
}

async function checkPartitions(admin: Admin): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: Object.keys(PLANS) })
  const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
  for (const [topic, { partitions }] of Object.entries(PLANS)) {
    const found = counts.get(topic) ?? 0
    if (found === partitions) continue
    throw new OperationalError(`the topic ${topic} has ${found} partitions where ${partitions} are needed`, {
      code: 'TOPIC_UNFIT',
      retryable: found === 0,
    })
  }
}

/** The first and the next offset of each partition of a topic. Tries until `signal` fires, then rejects. */
export async function readWatermarks(
  admin: Admin,
  topic: Topic,
  clock: Clock,
  signal: AbortSignal,
): Promise<Watermarks> {
  for (;;) {
    signal.throwIfAborted()
    try {
      const offsets = await admin.fetchTopicOffsets(topic)
      return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]))
    } catch {
      // kafkajs rejects at the first error, also at NOT_LEADER just after a topic was made: the loop is the retry.
      await clock.sleep(100, signal)
    }
  }
}

export type Watermarks = ReadonlyMap<number, { readonly low: number; readonly high: number }>
