import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import {
  type ControlRecordOf,
  digestOf,
  type Partition,
  type PartitionEvent,
  partitionOf,
  type Sid,
} from '../../src/contracts/index.ts'
import { type Batcher, type BeatContent, encode, openControlBoard, startBeats, TOPICS } from '../../src/index.ts'
import type { Kafka } from '../../src/kafka/create-kafka.ts'
import { QUIET_CONTENT } from '../../src/testing/beats.ts'

/** What owners hear of a gateway beside its sessions, and what they ask and order; all of it in the test's hand. */
export interface ToyGatewayLife {
  readonly asks: readonly ControlRecordOf<'ask'>[]
  readonly orders: readonly ControlRecordOf<'order'>[]
  /** Waits until a process has beaten so often from now on: time passes by what happens. */
  untilBeats(process: string, count: number): Promise<void>
  /** Beats no more, without a word, as one that was killed. */
  fallSilent(): void
  /** Beats again. */
  wake(): void
  /** What it holds in a partition; the answer to a question where one is named. */
  tell(what: 'digest' | 'inventory', partition: Partition, ask?: string): void
  /** Answers every question from now on. */
  answerAll(): void
  stop(): Promise<void>
}

export async function startToyLife(options: {
  kafka: Kafka
  batcher: Batcher
  name: string
  slot: number
  /** What the gateway says that it holds. */
  held: () => Iterable<Sid>
}): Promise<ToyGatewayLife> {
  const { kafka, batcher, name, slot, held } = options
  const board = await openControlBoard({
    kafka,
    batcher,
    clock: systemClock,
    incarnation: name,
    onReopened: () => undefined,
  })
  const asks: ControlRecordOf<'ask'>[] = []
  const orders: ControlRecordOf<'order'>[] = []
  let answers = false
  let told = 0

  const tell = (what: 'digest' | 'inventory', partition: Partition, ask: string | null = null): void => {
    const pairs = [...held()].filter((sid) => partitionOf(sid) === partition).map((sid): [Sid, number] => [sid, 1])
    const head = { v: 1, id: `${name}:t${++told}`, at: Date.now(), from: name, slot, ask } as const
    const event: PartitionEvent =
      what === 'digest'
        ? { ...head, type: 'gateway.digest', ...digestOf(pairs) }
        : { ...head, type: 'gateway.inventory', held: pairs }
    batcher.send({ topic: TOPICS.session, partition, key: null, value: encode(event) })
  }

  const beatsOf = new Map<string, number>()
  board.on('beat', ({ process }) => void beatsOf.set(process, (beatsOf.get(process) ?? 0) + 1))
  board.on('ask', (ask) => {
    if (ask.gateway !== null && ask.gateway !== name) return
    asks.push(ask)
    if (answers) for (const partition of ask.partitions) tell(ask.what, partition, ask.id)
  })
  board.on('order', (order) => {
    if (order.gateway === name) orders.push(order)
  })
  const content = (): BeatContent => {
    return { ...QUIET_CONTENT, role: 'gateway', slot }
  }
  /** The last word of one that falls silent is none: its goodbye goes nowhere. */
  const begin = () => {
    let isSilent = false
    const beats = startBeats({
      clock: systemClock,
      incarnation: name,
      board: { send: (record) => void (isSilent || board.send(record)) },
      content,
    })
    return () => {
      isSilent = true
      beats.close()
    }
  }
  let end = begin()

  return {
    asks,
    orders,
    async untilBeats(process, count) {
      const wanted = (beatsOf.get(process) ?? 0) + count
      const what = `${count} beats of ${process}`
      await waitUntil(() => (beatsOf.get(process) ?? 0) >= wanted, { what, timeoutMs: (count + 10) * 1_000 })
    },
    fallSilent: () => end(),
    wake() {
      end()
      end = begin()
    },
    tell: (what, partition, ask) => tell(what, partition, ask),
    answerAll() {
      answers = true
    },
    async stop() {
      end()
      await board.close()
    },
  }
}
