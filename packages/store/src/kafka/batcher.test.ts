import { manualClock } from '@holdfast/runtime/testing'
import fc from 'fast-check'
import type { Kafka, ProducerBatch } from 'kafkajs'
import { expect, test } from 'vitest'
import { BACKLOG_BYTES_MAX, createBatcher, type OutgoingRecord } from './batcher.ts'
import { TOPICS } from './topics.ts'

/** What the broker will never take. */
const HUGE = 'huge'

type Answer = 'ok' | 'lost' | 'refused'

/**
 * Kafka as far as the batcher sees it: what a producer is told to send is in the log unless it is refused; `lost`: it
 * is there, but the answer is not. `answer` null: it does not answer until `answerNext`.
 */
function createBroker(answer: (call: number) => Answer | null = () => 'ok') {
  const log: string[] = []
  const batches: number[] = []
  const held: (() => void)[] = []
  const broker = {
    log,
    batches,
    inFlight: 0,
    inFlightMax: 0,
    producers: 0,
    connected: 0,
    calls: 0,
    connecting: Promise.resolve(),
    answerNext: () => held.shift()?.(),
  }
  const sendBatch = async ({ topicMessages = [], acks }: ProducerBatch) => {
    expect(acks).toBe(-1)
    broker.inFlight++
    broker.inFlightMax = Math.max(broker.inFlightMax, broker.inFlight)
    const outcome = answer(broker.calls++)
    if (outcome === null) await new Promise<void>((resolve) => held.push(resolve))
    else await new Promise(setImmediate)
    broker.inFlight--
    if (outcome === 'refused') throw new Error('out of order sequence')
    const values = topicMessages.flatMap(({ messages }) => messages.map(({ value }) => String(value)))
    if (values.includes(HUGE)) throw Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE' })
    batches.push(values.length)
    log.push(...values)
    if (outcome === 'lost') throw new Error('the answer was lost')
    return []
  }
  const producer = () => {
    broker.producers++
    return {
      async connect() {
        await broker.connecting
        broker.connected++
      },
      sendBatch,
      async disconnect() {
        broker.connected--
      },
    }
  }
  // The batcher uses no more of Kafka than this.
  const kafka = { producer } satisfies Record<keyof Pick<Kafka, 'producer'>, unknown>
  return { broker, kafka: asKafka(kafka) }
}

const isKafka = (value: unknown): value is Kafka => typeof value === 'object' && value !== null && 'producer' in value
function asKafka(value: unknown): Kafka {
  if (!isKafka(value)) throw new TypeError('no Kafka')
  return value
}

const record = (value: string, topic: OutgoingRecord['topic'] = TOPICS.out): OutgoingRecord => ({
  topic,
  partition: 0,
  key: null,
  value,
})

function setUp(answer?: (call: number) => Answer | null) {
  const clock = manualClock()
  const failures: string[] = []
  const { broker, kafka } = createBroker(answer)
  const batcher = createBatcher({ kafka, clock, onFailure: (problem) => failures.push(problem) })
  const sendAll = (count: number, from = 0) => {
    for (let i = from; i < from + count; i++) batcher.send(record(`${i}`))
  }
  return { clock, failures, broker, batcher, sendAll }
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

test('sends what comes in one turn as one batch, in its order', async () => {
  const { broker, batcher, sendAll } = setUp()
  sendAll(100)
  await batcher.acknowledged(batcher.position())
  expect(broker.log).toEqual(numbers(100))
  expect(broker.batches).toEqual([100])
})

test('keeps one request in flight, however much comes meanwhile', async () => {
  const { clock, broker, batcher, sendAll } = setUp()
  for (let round = 0; round < 20; round++) {
    sendAll(90, round * 90)
    await clock.advance(0)
  }
  await batcher.acknowledged(batcher.position())
  expect(broker.inFlightMax).toBe(1)
  expect(broker.log).toEqual(numbers(1_800))
})

test('sends at most 500 records and 512 KB at once, but a larger record alone', async () => {
  const { broker, batcher, sendAll } = setUp()
  sendAll(1_100)
  await batcher.acknowledged(batcher.position())
  expect(broker.batches).toEqual([500, 500, 100])
  const large = 'x'.repeat(200 * 1024)
  for (let i = 0; i < 5; i++) batcher.send(record(large))
  batcher.send(record('y'.repeat(600 * 1024)))
  batcher.send(record('z'))
  await batcher.acknowledged(batcher.position())
  expect(broker.batches.slice(3)).toEqual([2, 2, 1, 1, 1])
})

test('keeps order and loses nothing when requests fail and answers are lost', async () => {
  const answers = fc.array(fc.constantFrom<Answer[]>('ok', 'lost', 'refused'), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(answers, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }), async (plan, rounds) => {
      const { clock, broker, batcher, sendAll } = setUp((call) => plan[call] ?? 'ok')
      let sent = 0
      for (const count of rounds) {
        sendAll(count, sent)
        sent += count
        await clock.advance(30)
      }
      const done = batcher.acknowledged(batcher.position())
      await clock.advance(100 * (plan.length + 1))
      await done
      // A reader that drops what is not above what it has seen (numbers, causes) sees each once and in order.
      const seen: number[] = []
      for (const value of broker.log.map(Number)) if (value > (seen.at(-1) ?? -1)) seen.push(value)
      expect(seen).toEqual(numbers(sent).map(Number))
      expect(batcher.backlogRecords).toBe(0)
      expect(batcher.failures).toBe(plan.slice(0, broker.calls).filter((answer) => answer !== 'ok').length)
    }),
    { numRuns: 60 },
  )
})

test('goes on with a new producer after an error, and lets the old one go', async () => {
  const { clock, broker, batcher, failures, sendAll } = setUp((call) => (call < 2 ? 'refused' : 'ok'))
  sendAll(3)
  await clock.advance(500)
  await batcher.acknowledged(batcher.position())
  expect(broker.producers).toBe(3)
  expect(broker.connected).toBe(1)
  expect(failures).toEqual(['out of order sequence', 'out of order sequence'])
})

test('drops, and counts, only the record that the broker will never take', async () => {
  const { clock, broker, batcher, sendAll } = setUp()
  sendAll(5)
  batcher.send(record(HUGE))
  sendAll(4, 5)
  const all = batcher.acknowledged(batcher.position())
  await clock.advance(0)
  await all
  expect(broker.log).toEqual(numbers(9))
  expect(batcher.refused).toBe(1)
})

test('acknowledges a mark when all before it is in Kafka, and no sooner', async () => {
  const { clock, broker, batcher, sendAll } = setUp(() => null)
  const reached: string[] = []
  const watch = (name: string) => void batcher.acknowledged(batcher.position()).then(() => reached.push(name))
  watch('nothing yet')
  sendAll(500)
  watch('first')
  sendAll(1, 500)
  watch('second')
  await clock.advance(1_000)
  expect(reached).toEqual(['nothing yet'])
  broker.answerNext()
  await clock.advance(0)
  expect(reached).toEqual(['nothing yet', 'first'])
  broker.answerNext()
  await clock.advance(0)
  expect(reached).toEqual(['nothing yet', 'first', 'second'])
})

test('tells how long the oldest record waits', async () => {
  const { clock, broker, batcher, sendAll } = setUp(() => null)
  expect(batcher.oldestMs).toBe(0)
  sendAll(1)
  await clock.advance(700)
  sendAll(1, 1)
  expect(batcher.oldestMs).toBe(700)
  broker.answerNext()
  await clock.advance(0)
  expect(batcher.oldestMs).toBe(0)
})

test('says that it is full at its bound, and that there is room when Kafka has taken enough', async () => {
  const { clock, broker, batcher } = setUp(() => null)
  const megabyte = 'x'.repeat(1024 * 1024)
  await batcher.room()
  for (let size = 0; size < BACKLOG_BYTES_MAX; size += megabyte.length) batcher.send(record(megabyte))
  expect(batcher.isFull).toBe(true)
  let hasRoom = false
  void batcher.room().then(() => {
    hasRoom = true
  })
  await clock.advance(1_000)
  expect(hasRoom).toBe(false)
  broker.answerNext()
  await clock.advance(0)
  expect(batcher.isFull).toBe(false)
  expect(hasRoom).toBe(true)
})

test('groups a batch by topic and keeps each topic’s order and keys', async () => {
  const sent: ProducerBatch[] = []
  const kafka = asKafka({
    producer: () => ({
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      sendBatch: (batch: ProducerBatch) => {
        sent.push(batch)
        return Promise.resolve([])
      },
    }),
  })
  const batcher = createBatcher({ kafka, clock: manualClock(), onFailure: () => undefined })
  batcher.send({ topic: TOPICS.out, partition: 3, key: null, value: 'a' })
  batcher.send({ topic: TOPICS.state, partition: 5, key: 'k', value: null })
  batcher.send({ topic: TOPICS.out, partition: 4, key: null, value: 'b' })
  await batcher.acknowledged(batcher.position())
  expect(sent).toEqual([
    {
      acks: -1,
      topicMessages: [
        {
          topic: TOPICS.out,
          messages: [
            { partition: 3, key: null, value: 'a' },
            { partition: 4, key: null, value: 'b' },
          ],
        },
        { topic: TOPICS.state, messages: [{ partition: 5, key: 'k', value: null }] },
      ],
    },
  ])
})

test('closes when Kafka has everything, without waiting for its deadline', async () => {
  const { clock, broker, batcher, sendAll } = setUp()
  sendAll(1_200)
  expect(await batcher.close(60_000)).toBe(0)
  expect(broker.log).toHaveLength(1_200)
  expect(broker.connected).toBe(0)
  expect(clock.pendingTimers()).toBe(0)
})

test('closes at its deadline when Kafka is away, tells what is left, and refuses those who wait', async () => {
  const { clock, broker, batcher, failures, sendAll } = setUp(() => null)
  sendAll(7)
  const waiting = batcher.acknowledged(batcher.position())
  const refused = expect(waiting).rejects.toThrow('closed')
  const closing = batcher.close(2_000)
  await clock.advance(1_999)
  expect(broker.connected).toBe(1)
  await clock.advance(1)
  expect(await closing).toBe(7)
  await refused
  expect(broker.connected).toBe(0)
  expect(failures).toHaveLength(1)
  await expect(batcher.acknowledged(batcher.position())).rejects.toThrow('closed')
})

test('closes at its deadline while it tries again and again', async () => {
  const { clock, batcher, broker, sendAll } = setUp(() => 'refused')
  sendAll(2)
  const closing = batcher.close(1_000)
  await clock.advance(1_000)
  expect(await closing).toBe(2)
  const { calls } = broker
  await clock.advance(5_000)
  expect(broker.calls).toBe(calls)
  expect(broker.connected).toBe(0)
})

test('sends nothing after it was closed, and leaves no producer behind that was still connecting', async () => {
  const { clock, batcher, broker, sendAll } = setUp()
  const { promise, resolve } = Promise.withResolvers<void>()
  broker.connecting = promise
  sendAll(2)
  const closing = batcher.close(1_000)
  await clock.advance(1_000)
  expect(await closing).toBe(2)
  resolve()
  await clock.advance(1_000)
  expect(broker.calls).toBe(0)
  expect(broker.connected).toBe(0)
})

test('frees those who wait for room when it closes', async () => {
  const { clock, batcher } = setUp(() => null)
  batcher.send(record('x'.repeat(BACKLOG_BYTES_MAX)))
  const room = batcher.room()
  const closing = batcher.close(10)
  await clock.advance(10)
  await closing
  await room
  await batcher.room()
})
