import { type Clock, traceOf } from '@holdfast/runtime'
import {
  type CloseReason,
  type SessionEvent,
  type SessionEventOf,
  type SessionRecord,
  type Sid,
  sessionEventSchema,
  type WaitingFor,
} from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import { decode } from '../kafka/envelope.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { Seal } from '../kafka/seal.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import { type DropReason, decide } from './apply-record.ts'
import type { Effect, Effects, Game, GameContext } from './game.ts'
import type { Outbox } from './outbox.ts'
import type { OwnedPartition } from './owned-partition.ts'
import { createTurn, type Turn } from './turn.ts'

/** Records that wait in one partition before fetching pauses; a batch on its way may still come on top. */
export const LINE_QUEUE_MAX = 2_000
const LINE_QUEUE_LOW = LINE_QUEUE_MAX / 2
/** Lines that a player may send ahead while a question is worked on. */
export const PARKED_MAX = 50
/** How long the line works before it lets other partitions and heartbeats run. */
const SLICE_MS = 20
const TRIES = 2

export interface LineEvents {
  onDropped(why: DropReason | 'unreadable' | 'parked-full'): void
  onSkippedInputs(sid: Sid, count: number): void
  onPoison(problem: string): void
  /** `next` rose. */
  onProgress(owned: OwnedPartition): void
  /** A session waits for an answer now. */
  onAsked(owned: OwnedPartition, session: SessionRecord): void
  /** The queue has room again after `isFull`. */
  onRoom(owned: OwnedPartition): void
}

export interface LineOptions {
  owned: OwnedPartition
  game: Game
  seal: Seal
  replica: StateReplica
  outbox: Outbox
  batcher: Batcher
  clock: Clock
  isCurrent: () => boolean
  events: LineEvents
}

export interface PartitionLine {
  /** Takes records in their order; those before `fetched` are passed over. */
  enqueue(records: readonly LogRecord[]): void
  readonly length: number
  readonly isFull: boolean
  /** Sessions whose activity changed since they were last published. */
  takeActive(): ReadonlySet<Sid>
}

const TROUBLE = 'Something went wrong with that, and it was not done.\n'
const TOO_FAST = 'You are typing ahead too fast: that line was dropped.\n'

/**
 * A partition is a line of work: its records are applied one at a time, each to its end. What takes longer than a few
 * milliseconds does not hold the line (see `Effect` of kind `ask`). After each record the session's fields, its number,
 * its outputs and `next` change together, in one synchronous step; when ownership ends while a game is still deciding,
 * nothing of that record happens here.
 */
export function createPartitionLine(options: LineOptions): PartitionLine {
  const { owned, game, seal, replica, outbox, batcher, clock, isCurrent, events } = options
  const queue: LogRecord[] = []
  let running = false
  let wasFull = false
  let active = new Set<Sid>()

  const contextOf = (event: SessionEvent, key: string): GameContext => ({
    at: event.at,
    key,
    isReplay: !owned.ready,
    sessions: replica,
  })

  /** What the game answers; null after it failed twice (a poison record). */
  const askGame = async (call: () => Effects): Promise<readonly Effect[] | null> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call()
      } catch (error) {
        if (attempt < TRIES) continue
        events.onPoison(traceOf(error))
        return null
      }
    }
  }

  const poisoned = (record: LogRecord, reason: string): void => {
    outbox.deadLetter({ partition: owned.partition, offset: record.offset, reason })
  }

  const tell = (sid: Sid, text: string): Effect => ({ kind: 'output', to: [sid], parts: [{ kind: 'text', text }] })

  const applyInput = async (
    session: SessionRecord,
    input: TypedLine,
    event: SessionEvent,
    record: LogRecord,
    turn: Turn,
  ): Promise<void> => {
    const { sid } = session
    const { inputSequence, at } = input
    const line = seal.open(input.sealed, 'input', sid)
    const beforeLogin = session.loginState === 'connected'
    const context = { ...contextOf(event, `i:${inputSequence}`), at }
    const effects =
      line === null ? null : await askGame(() => game.input(session, { line, inputSequence, beforeLogin }, context))
    if (!isCurrent()) return
    if (effects === null) poisoned(record, line === null ? 'sealed with another secret' : 'the command failed twice')
    countInput(session, inputSequence, at, turn)
    turn.apply(sid, effects ?? [tell(sid, TROUBLE)], { sid, inputSequence })
  }

  /** A parked line was counted when it was parked; then this changes nothing. */
  const countInput = (session: SessionRecord, inputSequence: number, at: number, turn: Turn): void => {
    if (inputSequence <= session.inputSequence) return
    turn.change(session.sid, { inputSequence, lastConnectionSignal: at, commandCount: session.commandCount + 1 })
  }

  const park = (session: SessionRecord, event: SessionEventOf<'input'>, turn: Turn): void => {
    const { sid, waitingFor } = session
    const { inputSequence, at, sealed } = event
    countInput(session, inputSequence, at, turn)
    if (!waitingFor) return
    if (waitingFor.parked.length >= PARKED_MAX) {
      events.onDropped('parked-full')
      turn.apply(sid, [tell(sid, TOO_FAST)], { sid, inputSequence })
      return
    }
    const parked = [...waitingFor.parked, { inputSequence, at, sealed }]
    turn.change(sid, { waitingFor: { ...waitingFor, parked } })
  }

  const applyAnswer = async (
    session: SessionRecord,
    event: SessionEventOf<'command'>,
    record: LogRecord,
    turn: Turn,
  ): Promise<void> => {
    const { sid, waitingFor } = session
    if (!waitingFor || event.command.kind !== 'answer') return
    const content = seal.open(waitingFor.sealed, 'question', sid)
    const answer = seal.open(event.command.sealed, 'answer', sid)
    const question = { kind: waitingFor.kind, content: content ?? '' }
    const readable = content !== null && answer !== null
    const context = contextOf(event, `c:${event.id}`)
    const effects = readable ? await askGame(() => game.answered(session, question, answer, context)) : null
    if (!isCurrent()) return
    if (effects === null) poisoned(record, readable ? 'the answer failed twice' : 'sealed with another secret')
    turn.apply(sid, effects ?? [tell(sid, TROUBLE)], null)
    await applyParked(session, waitingFor, event, record, turn)
  }

  /**
   * The lines that were typed ahead, until one asks a question itself. The session keeps the question that was answered
   * until the last of them: a flush between two lines may store what is done so far, and a replay then finds the question
   * open and does all of it again, under the same causes and keys.
   */
  const applyParked = async (
    session: SessionRecord,
    answered: WaitingFor,
    event: SessionEvent,
    record: LogRecord,
    turn: Turn,
  ): Promise<void> => {
    const { sid } = session
    for (let rest: readonly TypedLine[] = answered.parked; ; rest = rest.slice(1)) {
      const { waitingFor } = session
      if (waitingFor && waitingFor.id !== answered.id) {
        turn.change(sid, { waitingFor: { ...waitingFor, parked: [...rest] } })
        return
      }
      const [first] = rest
      if (!first) break
      await applyInput(session, first, event, record, turn)
      if (!isCurrent()) return
    }
    turn.change(sid, { waitingFor: null })
  }

  /** What others are told when a session ends; its own question would never be answered. */
  const lastEffects = async (
    session: SessionRecord,
    reason: CloseReason,
    event: SessionEvent,
  ): Promise<readonly Effect[]> => {
    const effects = await askGame(() => game.closed(session, reason, contextOf(event, `c:${event.id}`)))
    return (effects ?? []).filter(({ kind }) => kind !== 'ask')
  }

  const end = (
    { sid, connectionEpoch }: SessionRecord,
    reason: CloseReason,
    effects: readonly Effect[],
    event: SessionEvent,
    turn: Turn,
  ): void => {
    turn.apply(sid, effects, null)
    owned.sessions.remove(sid)
    bury(sid, connectionEpoch, { at: event.at, reason })
  }

  const applyClosed = async (
    session: SessionRecord,
    event: SessionEventOf<'connection.closed'>,
    turn: Turn,
  ): Promise<void> => {
    const effects = await lastEffects(session, event.reason, event)
    if (isCurrent()) end(session, event.reason, effects, event, turn)
  }

  const bury = (sid: Sid, connectionEpoch: number, { at, reason }: { at: number; reason: CloseReason }): void => {
    owned.dead.set(sid, at)
    owned.dirty.markEnded(sid, { connectionEpoch, reason, at })
    replica.endOwn(sid, owned.epoch, at)
    outbox.publishEnded({ v: 1, kind: 'ended', epoch: owned.epoch, at, sid, reason })
  }

  const applyDecided = async (event: SessionEvent, record: LogRecord, turn: Turn): Promise<void> => {
    const session = owned.sessions.get(event.sid)
    const decision = decide(session, owned.dead.has(event.sid), event)
    switch (decision.kind) {
      case 'drop':
        events.onDropped(decision.why)
        return
      case 'establish': {
        const effects = await askGame(() => game.established(decision.record, contextOf(event, `c:${event.id}`)))
        if (!isCurrent()) return
        owned.sessions.put(decision.record, false)
        replica.putOwn(owned.sessions.get(event.sid) ?? decision.record, owned.epoch)
        turn.apply(event.sid, effects ?? [], null)
        return
      }
      case 'bury':
        bury(event.sid, event.connectionEpoch, {
          at: event.at,
          reason: event.type === 'connection.closed' ? event.reason : 'lost',
        })
        return
      case 'merge':
        owned.sessions.merge(event.sid, decision.fields)
        return
    }
    if (!session) return
    if (decision.kind === 'end' && event.type === 'connection.closed') await applyClosed(session, event, turn)
    if (decision.kind === 'answer' && event.type === 'command') await applyAnswer(session, event, record, turn)
    if (decision.kind === 'command' && event.type === 'command') await applyCommand(session, event, record, turn)
    if ((decision.kind === 'input' || decision.kind === 'park') && event.type === 'input') {
      if (decision.skipped > 0) events.onSkippedInputs(event.sid, decision.skipped)
      if (decision.kind === 'input') await applyInput(session, event, event, record, turn)
      else park(session, event, turn)
    }
  }

  const applyCommand = async (
    session: SessionRecord,
    event: SessionEventOf<'command'>,
    record: LogRecord,
    turn: Turn,
  ): Promise<void> => {
    const { command } = event
    if (command.kind === 'answer' || command.kind === 'wizard') return
    const effects = await askGame(() => game.command(session, command, contextOf(event, `c:${event.id}`)))
    // No gateway holds a detached session, so none would answer a `close` with the event: it ends here.
    const isEnd = command.kind === 'close' && session.status === 'detached'
    const last = isEnd ? await lastEffects(session, command.reason, event) : []
    if (!isCurrent()) return
    if (effects === null) poisoned(record, 'the command failed twice')
    turn.rememberCommand(session, event.id)
    turn.apply(session.sid, effects ?? [], null)
    if (isEnd) end(session, command.reason, last, event, turn)
  }

  const publish = (sid: Sid, isUrgent: boolean): void => {
    const session = owned.sessions.get(sid)
    if (!session) return
    replica.putOwn(session, owned.epoch)
    if (isUrgent) outbox.publish(session, owned.epoch, owned.dirty.waiting(sid))
    else active.add(sid)
  }

  const applyOne = async (record: LogRecord): Promise<void> => {
    const decoded = decode(sessionEventSchema, record.value)
    const turn = createTurn({ owned, offset: record.offset, outbox, seal, sessions: replica })
    if (decoded.ok) await applyDecided(decoded.value, record, turn)
    else {
      events.onDropped('unreadable')
      poisoned(record, decoded.problem)
    }
    if (!isCurrent()) return
    owned.next = record.offset + 1
    if (decoded.ok) {
      const { sid, type } = decoded.value
      publish(sid, turn.isUrgent || (type !== 'input' && type !== 'command'))
      const session = owned.sessions.get(sid)
      if (turn.hasAsked && session) events.onAsked(owned, session)
    }
    events.onProgress(owned)
  }

  /** A broken invariant ends one record's work, not the process: else it would be met again at every start. */
  const applyGuarded = async (record: LogRecord): Promise<void> => {
    try {
      await applyOne(record)
    } catch (error) {
      events.onPoison(traceOf(error))
      if (!isCurrent()) return
      poisoned(record, 'a broken invariant')
      owned.next = record.offset + 1
      events.onProgress(owned)
    }
  }

  const run = async (): Promise<void> => {
    running = true
    let sliceEnd = clock.monotonic() + SLICE_MS
    for (let record = queue.shift(); record && isCurrent(); record = queue.shift()) {
      if (batcher.isFull) await batcher.room()
      if (!isCurrent()) break
      await applyGuarded(record)
      if (wasFull && queue.length <= LINE_QUEUE_LOW) {
        wasFull = false
        events.onRoom(owned)
      }
      if (clock.monotonic() < sliceEnd) continue
      await new Promise(setImmediate)
      sliceEnd = clock.monotonic() + SLICE_MS
    }
    running = false
  }

  return {
    enqueue(records) {
      for (const record of records) {
        if (record.offset < owned.fetched) continue
        queue.push(record)
        owned.fetched = record.offset + 1
      }
      wasFull ||= queue.length >= LINE_QUEUE_MAX
      if (!running && queue.length > 0) void run()
    },
    get length() {
      return queue.length
    },
    get isFull() {
      return queue.length >= LINE_QUEUE_MAX
    },
    takeActive() {
      const taken = active
      active = new Set()
      return taken
    },
  }
}

interface TypedLine {
  readonly inputSequence: number
  readonly at: number
  readonly sealed: string
}
