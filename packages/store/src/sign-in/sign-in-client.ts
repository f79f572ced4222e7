import { randomBytes } from 'node:crypto'
import type { Clock } from '@holdfast/runtime'
import {
  type ControlRecordOf,
  PARTITIONS,
  type SignInAnswer,
  type SignInQuestion,
  signInAnswerSchema,
  signInQuestionSchema,
} from '../contracts/index.ts'
import type { ControlBoard } from '../control/control-board.ts'
import { decode, encode } from '../kafka/envelope.ts'
import type { Seal } from '../kafka/seal.ts'

/** How long a console waits for any server's word. */
export const SIGN_IN_WAIT_MS = 5_000
/** Then the owner of another partition is asked: the one asked first may have died. */
const ASK_AGAIN_MS = 1_500
/** Questions of one console that wait at once. */
const WAITING_MAX = 100

export interface SignInClient {
  /** Whether the name is a wizard's and the password its own. One refusal for all reasons. Never rejects. */
  signIn(name: string, password: string): Promise<SignInAnswer>
  /** Whether a character is still a wizard, under which credentials: a session under others is over. Never rejects. */
  standing(dbref: string): Promise<SignInAnswer>
  close(): void
}

/**
 * Asks servers over `holdfast.control` who is a wizard. `unavailable` after SIGN_IN_WAIT_MS without an answer, or where the
 * servers say so: nobody is let in then.
 */
export function createSignInClient(options: {
  /** Null while Kafka has not answered yet. */
  board: () => Pick<ControlBoard, 'on' | 'send' | 'heard' | 'isAlive'> | null
  seal: Seal
  clock: Clock
  incarnation: string
  random?: () => number
}): SignInClient {
  const { seal, clock, incarnation, random = Math.random } = options
  const waiting = new Map<string, (answer: SignInAnswer) => void>()
  let board: ReturnType<typeof options.board> = null
  let off = (): void => undefined

  const listen = (): NonNullable<typeof board> | null => {
    if (board) return board
    board = options.board()
    if (board) off = board.on('sign-in-answer', hear)
    return board
  }

  const hear = ({ id, sealed }: ControlRecordOf<'sign-in-answer'>): void => {
    const resolve = waiting.get(id)
    if (!resolve) return
    const opened = seal.open(sealed, 'sign-in-answer', id)
    const answer = opened === null ? null : decode(signInAnswerSchema, Buffer.from(opened))
    if (answer?.ok) resolve(answer.value)
  }

  /** One partition of each server that lives. */
  const alive = (): readonly number[] =>
    [...(board?.heard() ?? [])]
      .filter(({ beat }) => beat.role === 'server' && board?.isAlive(beat.process))
      .flatMap(({ beat: { partitions } }) => partitions.slice(0, 1))

  const anyOf = (partitions: readonly number[]): number | undefined =>
    partitions[Math.floor(random() * partitions.length)]

  const ask = async (question: SignInQuestion): Promise<SignInAnswer> => {
    if (!signInQuestionSchema.safeParse(question).success) return { kind: 'refused' } // nobody has such a name
    const asking = listen()
    if (!asking || waiting.size >= WAITING_MAX) return { kind: 'unavailable' }
    const id = randomBytes(12).toString('base64url')
    const sealed = seal.seal(encode(question), 'sign-in', id)
    const { promise, resolve } = Promise.withResolvers<SignInAnswer>()
    const asked = new Set<number>()
    const send = (): void => {
      const others = alive().filter((partition) => !asked.has(partition))
      const partition = anyOf(others) ?? anyOf(alive()) ?? Math.floor(random() * PARTITIONS)
      asked.add(partition)
      asking.send({ v: 1, kind: 'sign-in', at: clock.now(), from: incarnation, id, partition, sealed })
    }
    waiting.set(id, resolve)
    send()
    const again = clock.setInterval(send, ASK_AGAIN_MS)
    const end = clock.setTimeout(() => resolve({ kind: 'unavailable' }), SIGN_IN_WAIT_MS)
    const answer = await promise
    again.cancel()
    end.cancel()
    waiting.delete(id)
    return answer
  }

  return {
    signIn: (name, password) => ask({ name, password }),
    standing: (dbref) => ask({ dbref }),
    close() {
      off()
      for (const resolve of waiting.values()) resolve({ kind: 'unavailable' })
    },
  }
}
