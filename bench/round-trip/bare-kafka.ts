import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { waitUntil } from '@holdfast/runtime/testing'
import { createKafka, type Kafka } from '@holdfast/store'
import { connectProducer, IN, IN_PARTITIONS, OUT, type Reader, readTopic } from './bare-kafka-parts.ts'
import { firstCounted, type Latencies, type Load, latenciesOf, numberText, sendEvenly } from './open-loop.ts'

const HEARD_WITHIN_MS = 20_000
const START_MS = 30_000

export type BareFigures = { round: Latencies; lost: number }

export interface BareKafka {
  talk(load: Load): Promise<BareFigures>
  close(): Promise<void>
}

export type Sizes = { input: number; output: number }

/**
 * The reference: this process produces, the echo's process consumes and produces, this process consumes. kafkajs as it
 * is but for the product's client settings (no Nagle, no idle timers), acks -1, fetches that wait for one byte; nothing
 * is decoded, decided or stored.
 */
export async function startBareKafka(brokers: string, sizes: Sizes): Promise<BareKafka> {
  const kafka = createKafka({ brokers: [brokers], clientId: 'bench-caller', onWarning: () => undefined })
  await makeTopics(kafka)
  const echo = fork(new URL('./bare-kafka-echo.ts', import.meta.url), [brokers, String(sizes.output)])
  await Promise.race([once(echo, 'message'), refuse(once(echo, 'exit'), 'the echo ended before it was ready')])
  const producer = await connectProducer(kafka)
  let onAnswer = (_number: number): void => undefined
  const reader: Reader = await readTopic(kafka, OUT, (value) => onAnswer(Number(value.toString('latin1', 0, 6))))
  const padding = '.'.repeat(sizes.input - 6)
  const send = (number: number): void =>
    producer.send(IN, randomInt(IN_PARTITIONS), Buffer.from(numberText(number) + padding))

  const talk = async (load: Load): Promise<BareFigures> => {
    const first = firstCounted(load)
    const sentAt: number[] = []
    const latencies: number[] = []
    let answers = 0
    onAnswer = (number) => {
      const at = sentAt[number]
      if (at === undefined) return
      answers++
      if (number >= first) latencies.push(performance.now() - at)
    }
    const sent = await sendEvenly(load, (number) => {
      sentAt[number] = performance.now()
      send(number)
    })
    await waitUntil(() => answers >= sent, { timeoutMs: HEARD_WITHIN_MS, what: 'all' }).catch(() => null)
    return { round: latenciesOf(latencies), lost: sent - answers }
  }

  await untilEchoed(send, (heard) => {
    onAnswer = heard
  })
  return {
    talk,
    async close() {
      echo.disconnect()
      await once(echo, 'exit')
      await Promise.all([reader.close(), producer.close()])
    },
  }
}

/** Both groups have met when a message has gone round. */
async function untilEchoed(send: (number: number) => void, listen: (onAnswer: () => void) => void): Promise<void> {
  let isHeard = false
  listen(() => {
    isHeard = true
  })
  const asking = () => {
    if (!isHeard) send(0)
    return isHeard
  }
  await waitUntil(asking, { timeoutMs: START_MS, everyMs: 200, what: 'the echo' })
}

async function refuse(happened: Promise<unknown>, problem: string): Promise<never> {
  await happened
  throw new Error(problem)
}

async function makeTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  // The one setting of the product's topics that matters for speed.
  const configEntries = [{ name: 'segment.index.bytes', value: '65536' }]
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      { topic: IN, numPartitions: IN_PARTITIONS, replicationFactor: 1, configEntries },
      { topic: OUT, numPartitions: 1, replicationFactor: 1, configEntries },
    ],
  })
  await admin.disconnect()
}
