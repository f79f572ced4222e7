import { type Clock, traceOf } from '@holdfast/runtime'
import type { SessionRecord, Sid } from '../contracts/index.ts'
import type { Seal } from '../kafka/seal.ts'
import { backOffMs } from '../write-behind/back-off.ts'
import type { Game, WorkTools } from './game.ts'
import type { Outbox } from './outbox.ts'

export interface QuestionWorkerOptions {
  game: Game
  seal: Seal
  outbox: Outbox
  clock: Clock
  random: () => number
  storeBinding: (sid: Sid) => ReturnType<WorkTools['storeBinding']>
  onFailed: (problem: string) => void
}

export interface QuestionWorker {
  /** Works on what the session waits for, unless that is under way. Its result becomes a record of the partition. */
  start(session: SessionRecord): void
  /** Ends all work; results that are still to come are dropped. */
  close(): void
}

/**
 * Works beside a partition's line on what would hold it up. The question is a stored field and the answer a record, so
 * a crash at any moment only means that the next owner works on it again; the first answer in the log counts.
 */
export function createQuestionWorker(options: QuestionWorkerOptions): QuestionWorker {
  const { game, seal, outbox, clock, random, storeBinding, onFailed } = options
  const closing = new AbortController()
  const underWay = new Set<string>()

  const answerOf = async (session: SessionRecord, kind: string, content: string): Promise<string | null> => {
    for (let attempts = 0; !closing.signal.aborted; attempts++) {
      try {
        const tools = { signal: closing.signal, storeBinding: () => storeBinding(session.sid) }
        return await game.work(session, { kind, content }, tools)
      } catch (error) {
        if (closing.signal.aborted) return null
        onFailed(traceOf(error))
        await clock.sleep(backOffMs(attempts, random))
      }
    }
    return null
  }

  const work = async (session: SessionRecord, id: string, kind: string, sealed: string): Promise<void> => {
    const { sid } = session
    const content = seal.open(sealed, 'question', sid)
    const answer = await answerOf(session, kind, content ?? '')
    underWay.delete(id)
    if (answer === null || closing.signal.aborted) return
    outbox.command(session, { kind: 'answer', to: id, sealed: seal.seal(answer, 'answer', sid) }, `a:${id}`)
  }

  return {
    start(session) {
      const { waitingFor } = session
      if (!waitingFor || underWay.has(waitingFor.id) || closing.signal.aborted) return
      underWay.add(waitingFor.id)
      void work(session, waitingFor.id, waitingFor.kind, waitingFor.sealed)
    },
    close: () => closing.abort(),
  }
}
