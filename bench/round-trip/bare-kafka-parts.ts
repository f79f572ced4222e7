import { randomBytes } from 'node:crypto'
import type { Kafka } from '@holdfast/store'
import { Partitioners } from 'kafkajs'

export const IN = 'bench.in'
export const OUT = 'bench.out'
/** As many as `holdfast.session` has. */
export const IN_PARTITIONS = 64

export interface Sender {
  send(topic: string, partition: number, value: Buffer): void
  close(): Promise<void>
}

type Waiting = { topic: string; partition: number; value: Buffer }

/** One request in flight, which takes all that came while the last one was under way: as the product's batcher does. */
export async function connectProducer(kafka: Kafka): Promise<Sender> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false })
  await producer.connect()
  let waiting: Waiting[] = []
  let isSending = false
  const pump = async (): Promise<void> => {
    isSending = true
    while (waiting.length > 0) {
      const taken = Map.groupBy(waiting, ({ topic }) => topic)
      waiting = []
      const topicMessages = [...taken].map(([topic, each]) => ({
        topic,
        messages: each.map(({ partition, value }) => ({ partition, value })),
      }))
      await producer.sendBatch({ acks: -1, topicMessages })
    }
    isSending = false
  }
  return {
    send(topic, partition, value) {
      waiting.push({ topic, partition, value })
      if (!isSending) void pump()
    },
    close: () => producer.disconnect(),
  }
}

export interface Reader {
  close(): Promise<void>
}

/** Resolves when it has been given its partitions. */
export async function readTopic(kafka: Kafka, topic: string, onValue: (value: Buffer) => void): Promise<Reader> {
  const consumer = kafka.consumer({
    groupId: `bench-${randomBytes(6).toString('hex')}`,
    maxWaitTimeInMs: 100,
    minBytes: 1,
    allowAutoTopicCreation: false,
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: false })
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()))
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 8,
    eachBatch: ({ batch }) => {
      for (const { value } of batch.messages) if (value) onValue(value)
      return Promise.resolve()
    },
  })
  await joined
  return { close: () => consumer.disconnect() }
}
