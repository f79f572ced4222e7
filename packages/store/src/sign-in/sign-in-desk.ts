import { type Clock, traceOf } from '@holdfast/runtime'
import {
  type ControlRecordOf,
  type SignInQuestion,
  signInAnswerSchema,
  signInQuestionSchema,
} from '../contracts/index.ts'
import type { ControlBoard } from '../control/control-board.ts'
import { decode } from '../kafka/envelope.ts'
import type { Seal } from '../kafka/seal.ts'
import type { SignInReply } from '../partition/game.ts'
import type { Outbox } from '../partition/outbox.ts'

/** Questions that are worked on at once: each may hash a password, and players log in too. */
const AT_ONCE = 2
/** Who comes when so many wait is asked again by its console, of another server. */
export const SIGN_INS_WAITING_MAX = 32
/** Nobody waits for the answer any more. */
const WAIT_MAX_MS = 5_000
const ANSWERED_KEPT = 1_000

export type SignInDrop = 'unreadable' | 'too-many' | 'too-late'

/**
 * Answers consoles that ask who is a wizard, for partitions that this server owns and is ready with: one server answers, and
 * a console that hears nothing asks the owner of another partition. Questions and answers travel sealed. Each password that
 * was checked is audited.
 */
export function openSignInDesk(options: {
  board: Pick<ControlBoard, 'on' | 'send'>
  seal: Seal
  outbox: Pick<Outbox, 'audit'>
  clock: Clock
  incarnation: string
  answersFor: (partition: number) => boolean
  signIn: (question: SignInQuestion) => Promise<SignInReply>
  onDropped: (why: SignInDrop) => void
  onFailed: (problem: string) => void
}): { close(): void } {
  const { board, seal, outbox, clock, incarnation, answersFor, signIn, onDropped, onFailed } = options
  const waiting: { id: string; question: SignInQuestion; since: number }[] = []
  const answered = new Set<string>()
  let running = 0

  const take = ({ id, partition, sealed }: ControlRecordOf<'sign-in'>): void => {
    if (!answersFor(partition) || answered.has(id)) return
    const opened = seal.open(sealed, 'sign-in', id)
    const question = opened === null ? null : decode(signInQuestionSchema, Buffer.from(opened))
    if (!question?.ok) onDropped('unreadable')
    else if (waiting.length >= SIGN_INS_WAITING_MAX) onDropped('too-many')
    else {
      remember(id)
      waiting.push({ id, question: question.value, since: clock.monotonic() })
      startNext()
    }
  }

  const remember = (id: string): void => {
    answered.add(id)
    for (const oldest of answered) {
      if (answered.size <= ANSWERED_KEPT) return
      answered.delete(oldest)
    }
  }

  const startNext = (): void => {
    while (running < AT_ONCE) {
      const next = waiting.shift()
      if (!next) return
      if (clock.monotonic() - next.since > WAIT_MAX_MS) {
        onDropped('too-late')
        continue
      }
      running++
      void work(next).finally(() => {
        running--
        startNext()
      })
    }
  }

  const check = async (question: SignInQuestion): Promise<SignInReply> => {
    try {
      return await signIn(question)
    } catch (error) {
      onFailed(traceOf(error)) // never its message: a driver puts what was typed there
      return { answer: { kind: 'unavailable' }, who: null }
    }
  }

  const work = async ({ id, question }: { id: string; question: SignInQuestion }): Promise<void> => {
    const { answer, who } = await check(question)
    if ('password' in question && answer.kind !== 'unavailable') {
      outbox.audit({ kind: 'sign-in', id, who, outcome: answer.kind === 'wizard' ? 'accepted' : 'refused' })
    }
    const sealed = seal.seal(JSON.stringify(signInAnswerSchema.parse(answer)), 'sign-in-answer', id)
    board.send({ v: 1, kind: 'sign-in-answer', at: clock.now(), from: incarnation, id, sealed })
  }

  return { close: board.on('sign-in', take) }
}
