import { type Clock, messageOf } from '@holdfast/runtime'
import type { Redis } from './create-redis.ts'
import { keys } from './keys.ts'

/** Handles leased at once. Large, so that a Redis that is away for long stops nobody from connecting. */
const BLOCK = 1_000
const REFILL_BELOW = BLOCK / 2
const RETRY_MS = 500

export interface HandleLease {
  /** A handle that was never given before; null while Redis is away and the blocks are used up. */
  take(): number | null
  /** The highest handle this process may give. */
  readonly end: number
}

/**
 * Hands out handles (the integers that MUSH people see) without waiting, from blocks leased ahead. What is left of a
 * block when a process ends is never given. Resolves when the first block is there; waits for Redis until `signal`.
 */
export async function leaseHandles(options: {
  redis: Redis
  clock: Clock
  signal: AbortSignal
  onTrouble: (problem: string) => void
}): Promise<HandleLease> {
  const { redis, clock, signal, onTrouble } = options
  const free: number[] = []
  let end = 0
  let refilling = false

  const lease = async (): Promise<void> => {
    end = Number(await redis.incrby(keys.handle, BLOCK))
    for (let handle = end - BLOCK + 1; handle <= end; handle++) free.push(handle)
  }
  const refill = (): void => {
    if (refilling || signal.aborted) return
    refilling = true
    lease()
      .catch((error: unknown) => {
        onTrouble(messageOf(error))
        clock.setTimeout(refill, RETRY_MS)
      })
      .finally(() => {
        refilling = false
      })
  }

  for (;;) {
    signal.throwIfAborted()
    try {
      await lease()
      break
    } catch (error) {
      onTrouble(messageOf(error))
      await clock.sleep(RETRY_MS, signal)
    }
  }
  return {
    take() {
      const handle = free.shift()
      if (free.length < REFILL_BELOW) refill()
      return handle ?? null
    },
    get end() {
      return end
    },
  }
}
