import { type Clock, messageOf } from '@holdfast/runtime'
import { PARTITIONS } from '../contracts/index.ts'
import { type ControlBoard, openControlBoard } from '../control/control-board.ts'
import type { Batcher } from '../kafka/batcher.ts'
import type { Kafka } from '../kafka/create-kafka.ts'
import { createLogReader, type LogReader, type LogReaderOptions } from '../kafka/log-reader.ts'
import { ensureTopics, TOPICS } from '../kafka/topics.ts'
import type { ConsoleMetrics } from './console-metrics.ts'
import type { ConsoleModel, ReadingFacts } from './console-model.ts'
import { createReadProgress } from './read-progress.ts'

const EVENT_PARTITIONS = 4
/** How far back the list of events begins: what was open or healed lately is in it. */
const EVENTS_LOOK_BACK_MS = 900_000
const KAFKA_WAIT_MS = 10_000
const RETRY_MS = 1_000
const CLOSE_WAIT_MS = 2_000
/** A beat that was there before the console may be so old; the next one, a second later, is as new as it comes. */
const FIRST_BEAT_AGE_MS = 2_500

export interface LogFeed {
  facts(): Omit<ReadingFacts, 'redisAnsweredAt'>
  /** Resolves when what memories publish has been read once; never rejects. */
  readonly firstPicture: Promise<void>
  /** To be called several times a second. */
  look(): void
  /** Null until Kafka has answered for the first time. */
  readonly board: ControlBoard | null
  readonly lag: number
  readonly unreadable: number
  close(): Promise<void>
}

export interface LogFeedOptions {
  kafka: Kafka
  batcher: Batcher
  clock: Clock
  incarnation: string
  model: ConsoleModel
  seen: ConsoleMetrics
  signal: AbortSignal
}

interface Readers {
  board: ControlBoard
  state: LogReader
  events: LogReader
}

/**
 * Feeds the model from Kafka. Opening does not wait for it: a console that starts while Kafka is away shows what Redis has, and
 * goes on when it comes.
 */
export function startLogFeed(options: LogFeedOptions): LogFeed {
  const { kafka, batcher, clock, incarnation, model, seen, signal } = options
  let readers: Readers | null = null
  let isStateRead = false
  const picture = Promise.withResolvers<void>()
  const copies = createReadProgress(clock, () => (isStateRead ? (readers?.state ?? null) : null))
  const beats = createReadProgress(clock, () => readers?.board ?? null)
  const shared = { kafka, batcher, clock }
  const reopened = (namespace: string) => (problem: string) =>
    seen.kafkaWarning('a reader was opened anew', { namespace, error: problem })

  const readerOfState: LogReaderOptions = {
    ...shared,
    topic: TOPICS.state,
    partitions: upTo(PARTITIONS),
    from: 'start',
    onRecord: model.applyState,
    onReopened: reopened('state'),
  }
  const readerOfEvents = (): LogReaderOptions => ({
    ...shared,
    topic: TOPICS.events,
    partitions: upTo(EVENT_PARTITIONS),
    from: { since: clock.now() - EVENTS_LOOK_BACK_MS },
    onRecord: model.applyEvent,
    onReopened(problem) {
      reopened('events')(problem)
      model.events.gap(clock.now(), `the reader of events was opened anew: ${problem}`)
    },
  })

  /** All or none: what was opened before a failure is closed again. */
  const openReaders = async (): Promise<Readers> => {
    const opened: { close(): Promise<void> }[] = []
    const keep = <T extends { close(): Promise<void> }>(reader: T): T => {
      opened.push(reader)
      signal.throwIfAborted()
      return reader
    }
    try {
      await ensureTopics(kafka, clock, KAFKA_WAIT_MS, signal)
      const board = keep(await openControlBoard({ ...shared, incarnation, onReopened: reopened('control') }))
      for (const { beat } of board.heard()) model.applyBeat(beat, clock.monotonic() - FIRST_BEAT_AGE_MS)
      board.on('beat', (beat) => model.applyBeat(beat, beats.asOf ?? clock.monotonic() - FIRST_BEAT_AGE_MS))
      const state = keep(await createLogReader(readerOfState))
      const events = keep(await createLogReader(readerOfEvents()))
      return { board, state, events }
    } catch (error) {
      await Promise.all(opened.map((reader) => reader.close()))
      throw error
    }
  }

  const open = async (): Promise<void> => {
    while (!readers && !signal.aborted) {
      try {
        readers = await openReaders()
      } catch (error) {
        if (signal.aborted) return
        seen.kafkaAway(messageOf(error))
        await clock.sleep(RETRY_MS, signal).catch(() => undefined) // aborted: the loop ends
      }
    }
    if (!readers) return
    await readers.events.caughtUp
    model.events.settle()
    await readers.state.caughtUp
    isStateRead = true
    copies.look()
    picture.resolve()
  }
  const opening = open().catch((error: unknown) => {
    if (!signal.aborted) seen.kafkaAway(messageOf(error))
  })

  const all = (): { lag: number; silentMs: number }[] => (readers ? [readers.board, readers.state, readers.events] : [])
  return {
    facts: () => ({
      kafkaSilentMs: readers ? Math.max(readers.board.silentMs, readers.state.silentMs) : Number.POSITIVE_INFINITY,
      copiesReadAsOf: copies.asOf,
    }),
    firstPicture: picture.promise,
    look() {
      copies.look()
      beats.look()
    },
    get board() {
      return readers?.board ?? null
    },
    get lag() {
      return all().reduce((sum, { lag }) => sum + lag, 0)
    },
    get unreadable() {
      return readers?.board.unreadable ?? 0
    },
    async close() {
      if (readers) await closeAll(readers)
      // kafkajs tries to connect for ever, and cannot be told to stop: it is left to the end of the process.
      await Promise.race([opening, clock.sleep(CLOSE_WAIT_MS)])
    },
  }
}

async function closeAll({ board, state, events }: Readers): Promise<void> {
  await Promise.all([board.close(), state.close(), events.close()])
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
