import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import type { Consumer } from 'kafkajs'
import { expect, test } from 'vitest'
import { createBatcher, createKafka, createLogReader, ensureTopics, TOPICS } from '../../src/index.ts'

const PARTITION = 63

test('goes on at its place when kafkajs gives its consumer up for good', async () => {
  const kafka = createKafka({
    brokers: [sharedServices().kafkaBrokers],
    clientId: 'reader-test',
    onWarning: () => undefined,
  })
  await ensureTopics(kafka, systemClock, 20_000, new AbortController().signal)
  const consumers: Consumer[] = []
  const read: string[] = []
  const reopened: string[] = []
  const reader = await createLogReader({
    kafka: {
      admin: (config) => kafka.admin(config),
      consumer: (config) => {
        const consumer = kafka.consumer(config)
        consumers.push(consumer)
        return consumer
      },
    },
    clock: systemClock,
    topic: TOPICS.out,
    partitions: [PARTITION],
    from: 'end',
    onRecord: ({ value }) => read.push(String(value)),
    onReopened: (problem) => reopened.push(problem),
  })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: () => undefined })
  const say = (value: string): void => batcher.send({ topic: TOPICS.out, partition: PARTITION, key: null, value })
  say('before')
  await waitUntil(() => read.length === 1, { what: 'the first record' })

  // Listeners run inside the fetch loop, and this error is one that kafkajs does not restart after.
  const [first] = consumers
  first?.on(first.events.FETCH_START, () => {
    throw Object.assign(new Error('given up'), { name: 'KafkaJSNonRetriableError', retriable: false })
  })
  await waitUntil(() => reopened.length > 0, { what: 'the crash' })
  say('meanwhile')
  await waitUntil(() => consumers.length === 2, { what: 'another consumer' })
  say('after')
  await waitUntil(() => read.length >= 3, { timeoutMs: 15_000, what: 'what came meanwhile and after' })
  expect(read).toEqual(['before', 'meanwhile', 'after'])
  expect(reopened).toEqual(['given up'])
  await reader.close()
  await batcher.close(1_000)
})
