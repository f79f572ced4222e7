import type { Clock } from '@holdfast/runtime'
import { type Beat, type ControlRecord, type ControlRecordOf, controlRecordSchema } from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import type { Kafka } from '../kafka/create-kafka.ts'
import { decode, encode } from '../kafka/envelope.ts'
import { createLogReader, type LogRecord } from '../kafka/log-reader.ts'
import { TOPICS } from '../kafka/topics.ts'

/** A process that has not been heard for so long is silent: one of the two witnesses of its death. */
export const SILENT_MS = 4_000
/** Processes that left or fell silent are forgotten after this; until then a console can say since when. */
const FORGET_MS = 600_000
/** How far back a board begins: the beats of everybody alive are in it. */
const LOOK_BACK_MS = 5_000
const FORGET_EVERY_MS = 60_000
const COLLECT_MS = 50

export interface HeardBeat {
  beat: Beat
  /** Monotonic ms, by the reader: clocks of processes are never compared. */
  heardAt: number
}

export interface ControlBoard {
  /** Processes heard within the last ten minutes. */
  heard(): Iterable<HeardBeat>
  beatOf(process: string): HeardBeat | undefined
  /** Heard within SILENT_MS, and not leaving. */
  isAlive(process: string): boolean
  /**
   * Since what this process itself said came back, ms. While it does not (Kafka is away), silence proves nothing.
   * Infinity before the first.
   */
  readonly echoMs: number
  /** Calls back for each record of a kind that comes from now on. Returns a function that ends it. */
  on<K extends ControlRecord['kind']>(kind: K, listener: (record: ControlRecordOf<K>) => void): () => void
  send(record: ControlRecord): void
  /** Records that wait to be read. */
  readonly lag: number
  /** Since Kafka last answered this reader, ms. */
  readonly silentMs: number
  readonly unreadable: number
  close(): Promise<void>
}

export interface ControlBoardOptions {
  kafka: Kafka
  batcher: Pick<Batcher, 'send' | 'oldestMs'>
  clock: Clock
  /** This process, as its beats name it. */
  incarnation: string
  onReopened: (problem: string) => void
}

/**
 * What processes tell each other beside the sessions: who lives, what is asked for. Resolves when the last seconds have been
 * read, so that everybody alive is known.
 */
export async function openControlBoard(options: ControlBoardOptions): Promise<ControlBoard> {
  const { kafka, batcher, clock, incarnation, onReopened } = options
  const beats = new Map<string, HeardBeat>()
  const listeners = new Map<ControlRecord['kind'], Set<(record: ControlRecord) => void>>()
  let echoAt = Number.NEGATIVE_INFINITY
  let unreadable = 0

  const onRecord = ({ value }: LogRecord): void => {
    const decoded = decode(controlRecordSchema, value)
    if (!decoded.ok) {
      unreadable++
      return
    }
    const record = decoded.value
    if (record.kind === 'beat') {
      beats.set(record.process, { beat: record, heardAt: clock.monotonic() })
      if (record.process === incarnation) echoAt = clock.monotonic()
    }
    for (const listener of listeners.get(record.kind) ?? []) listener(record)
  }

  const reader = await createLogReader({
    kafka,
    clock,
    topic: TOPICS.control,
    partitions: [0],
    from: { since: clock.now() - LOOK_BACK_MS },
    collectMs: COLLECT_MS,
    onRecord,
    onReopened,
  })
  await reader.caughtUp
  const forgetting = clock.setInterval(() => {
    const before = clock.monotonic() - FORGET_MS
    for (const [process, { heardAt }] of beats) if (heardAt < before) beats.delete(process)
  }, FORGET_EVERY_MS)

  return {
    heard: () => beats.values(),
    beatOf: (process) => beats.get(process),
    isAlive(process) {
      const heard = beats.get(process)
      return heard !== undefined && !heard.beat.isLeaving && clock.monotonic() - heard.heardAt < SILENT_MS
    },
    get echoMs() {
      return clock.monotonic() - echoAt
    },
    on(kind, listener) {
      const all = listeners.get(kind) ?? new Set()
      listeners.set(kind, all)
      const isOfKind = (record: ControlRecord): record is ControlRecordOf<typeof kind> => record.kind === kind
      const heard = (record: ControlRecord): void => {
        if (isOfKind(record)) listener(record)
      }
      all.add(heard)
      return () => void all.delete(heard)
    },
    send(record) {
      // What an outage of Kafka lets arrive late says nothing of who lives now, and would only lengthen the queue.
      if (record.kind === 'beat' && !record.isLeaving && batcher.oldestMs > SILENT_MS) return
      batcher.send({ topic: TOPICS.control, partition: 0, key: null, value: encode(record) })
    },
    get lag() {
      return reader.lag
    },
    get silentMs() {
      return reader.silentMs
    },
    get unreadable() {
      return unreadable
    },
    close() {
      forgetting.cancel()
      return reader.close()
    },
  }
}

/** What a process says of itself each second. */
export type BeatContent = Omit<Beat, 'v' | 'kind' | 'at' | 'process' | 'isLeaving' | 'rssBytes' | 'uptimeMs'>

const BEAT_MS = 1_000

/** Beats each second until `close`, which says goodbye: a process that leaves in order is not waited for. */
export function startBeats(options: {
  clock: Clock
  board: Pick<ControlBoard, 'send'>
  incarnation: string
  content: () => BeatContent
}): { close(): void } {
  const { clock, board, incarnation, content } = options
  const startedAt = clock.monotonic()
  const beat = (isLeaving: boolean): void =>
    board.send({
      v: 1,
      kind: 'beat',
      at: clock.now(),
      process: incarnation,
      isLeaving,
      rssBytes: process.memoryUsage.rss(),
      uptimeMs: Math.round(clock.monotonic() - startedAt),
      ...content(),
    })
  const timer = clock.setInterval(() => beat(false), BEAT_MS)
  beat(false)
  return {
    close() {
      timer.cancel()
      beat(true)
    },
  }
}
