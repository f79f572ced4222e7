import { traceOf } from '@holdfast/runtime'
import type { PartitionEvent, SessionEvent, SessionRecord, Sid } from '../contracts/index.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { Seal } from '../kafka/seal.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import type { DropReason } from './apply-record.ts'
import type { Effect, Effects, Game, GameContext } from './game.ts'
import type { Outbox } from './outbox.ts'
import type { OwnedPartition } from './owned-partition.ts'

const TRIES = 2

export interface LineEvents {
  onDropped(why: DropReason | 'unreadable' | 'parked-full'): void
  onSkippedInputs(sid: Sid, count: number): void
  onPoison(problem: string): void
  /** `next` rose. */
  onProgress(owned: OwnedPartition): void
  /** A session waits for an answer now. */
  onAsked(owned: OwnedPartition, session: SessionRecord): void
  /** A gateway tells what it holds in the partition; memory is as the log is up to `offset`. Synchronous. */
  onPartitionEvent(owned: OwnedPartition, event: PartitionEvent, offset: number): void
  /** The queue has room again after `isFull`. */
  onRoom(owned: OwnedPartition): void
}

export interface DeskOptions {
  owned: OwnedPartition
  game: Game
  seal: Seal
  replica: StateReplica
  outbox: Outbox
  /** Whether this life of ownership still goes on: asked after every wait. */
  isCurrent: () => boolean
  events: LineEvents
}

/** What everybody who applies a record of a partition's line has at hand. */
export interface LineDesk extends DeskOptions {
  contextOf(event: Pick<SessionEvent, 'at'>, key: string): GameContext
  /** What the game answers; null after it failed twice (a poison record). */
  askGame(call: () => Effects): Promise<readonly Effect[] | null>
  poisoned(record: LogRecord, reason: string): void
}

export function createLineDesk(options: DeskOptions): LineDesk {
  const { owned, replica, outbox, events } = options
  return {
    ...options,
    contextOf: ({ at }, key) => ({ at, key, isReplay: !owned.ready, sessions: replica }),
    async askGame(call) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await call()
        } catch (error) {
          if (attempt < TRIES) continue
          events.onPoison(traceOf(error))
          return null
        }
      }
    },
    poisoned({ offset }, reason) {
      outbox.deadLetter({ partition: owned.partition, offset, reason })
    },
  }
}

export const TROUBLE = 'Something went wrong with that, and it was not done.\n'

export const tell = (sid: Sid, text: string): Effect => ({
  kind: 'output',
  to: [sid],
  parts: [{ kind: 'text', text }],
})
