import { randomUUID } from 'node:crypto'
import { type Clock, messageOf } from '@holdfast/runtime'
import type { Partition } from '../contracts/index.ts'
import { openStore } from './bootstrap.ts'
import type { Redis } from './create-redis.ts'
import { type FenceState, type HeldFence, lookAtFences } from './fence-look.ts'

const LOOK_MS = 1_000

export interface StoreWatch {
  /** Whether Redis answered at the last look. */
  readonly isUp: boolean
  /** How long the last look took, ms; null while Redis does not answer. */
  readonly lookMs: number | null
  readonly storeId: string | null
  close(): void
}

export interface StoreWatchEvents {
  /** Another storeId than before: the store was wiped or replaced, and everything is to be written again. */
  onReplaced(): void
  /** The store has lost what it had acknowledged of this partition; whoever flushes it now is told so. */
  onLost(partition: Partition, state: Exclude<FenceState, 'intact' | 'taken'>): void
  /** A store that this code must not touch. */
  onUnfit(problem: string): void
  /** Redis does not answer any more. */
  onAway(problem: string): void
}

/**
 * Asks each second which store this is, and whether it still has what it has acknowledged: an idle partition flushes
 * nothing, so nothing else would tell that it was rolled back or wiped.
 */
export function watchStore(options: {
  redis: Redis
  clock: Clock
  owner: string
  /** The fences of the partitions whose memory is loaded. */
  held: () => readonly HeldFence[]
  events: StoreWatchEvents
}): StoreWatch {
  const { redis, clock, owner, held, events } = options
  let isUp = false
  let lookMs: number | null = null
  let storeId: string | null = null
  let asking = false

  const look = async (): Promise<void> => {
    const startedAt = clock.monotonic()
    const check = await openStore(redis, randomUUID())
    isUp = true
    lookMs = clock.monotonic() - startedAt
    if (check.kind === 'unfit') {
      events.onUnfit(check.problem)
      return
    }
    const isOther = storeId !== null && storeId !== check.storeId
    storeId = check.storeId
    if (isOther) {
      events.onReplaced()
      return
    }
    for (const { partition, state } of await lookAtFences(redis, owner, held()))
      if (state === 'rolled-back' || state === 'vanished') events.onLost(partition, state)
  }

  const lookOnce = (): void => {
    if (asking) return
    asking = true
    look()
      .catch((error: unknown) => {
        if (isUp) events.onAway(messageOf(error))
        isUp = false
        lookMs = null
      })
      .finally(() => {
        asking = false
      })
  }
  const timer = clock.setInterval(lookOnce, LOOK_MS)
  redis.on('ready', lookOnce)
  lookOnce()

  return {
    get isUp() {
      return isUp
    },
    get lookMs() {
      return lookMs
    },
    get storeId() {
      return storeId
    },
    close: () => timer.cancel(),
  }
}
