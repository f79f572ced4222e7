import type { SessionEvent, SessionEventOf, SessionRecord, WaitingFor } from '../contracts/index.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import { type LineDesk, TROUBLE, tell } from './line-desk.ts'
import type { Turn } from './turn.ts'

/** Lines that a player may send ahead while a question is worked on. */
export const PARKED_MAX = 50
const TOO_FAST = 'You are typing ahead too fast: that line was dropped.\n'

interface TypedLine {
  readonly inputSequence: number
  readonly at: number
  readonly sealed: string
}

/** What a player types, and the answers that it waited for. */
export function createInputDesk(desk: LineDesk) {
  const { owned, game, seal, outbox, isCurrent, events, contextOf, askGame, poisoned } = desk

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
    if (waitingFor.parked.length > 0) noteAnswered(session, waitingFor, turn)
    await applyParked(session, waitingFor, event, record, turn)
  }

  /** The parked lines may take their time, and others must not count the session as waiting until the last of them. */
  const noteAnswered = (session: SessionRecord, answered: WaitingFor, turn: Turn): void => {
    const { sid, waitingFor } = session
    if (waitingFor?.id !== answered.id) return
    turn.change(sid, { waitingFor: { ...waitingFor, isAnswered: true } })
    outbox.publish(session, owned.epoch, owned.dirty.waiting(sid))
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

  return { applyInput, park, applyAnswer }
}
