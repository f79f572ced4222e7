import type { Clock } from '@holdfast/runtime'
import { backOffMs } from './back-off.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** So many failures in a row mean that Redis is away, not that one write was unlucky. */
const FAILURES_TO_OPEN = 3

export interface Breaker {
  readonly state: BreakerState
  /** When the next probe may go, monotonic ms; null while closed. */
  readonly nextProbeAt: number | null
  /** Whether a call may go now. While open: one, when its time has come (it half-opens the breaker). */
  allow(): boolean
  succeeded(): void
  failed(): void
}

/**
 * One per process: keeps the flushes of all partitions from waiting for a Redis that is away. Closed lets all through;
 * open lets none; after a back-off it is half-open and lets one through, whose outcome decides.
 */
export function createBreaker(clock: Clock, random: () => number): Breaker {
  let state: BreakerState = 'closed'
  let failures = 0
  let probeAt = 0

  const open = (): void => {
    state = 'open'
    // At least half of the step, so that a probe is never at once.
    probeAt = clock.monotonic() + backOffMs(failures, () => 0.5 + random() / 2)
  }

  return {
    get state() {
      return state
    },
    get nextProbeAt() {
      return state === 'closed' ? null : probeAt
    },
    allow() {
      if (state === 'closed') return true
      if (state === 'half-open' || clock.monotonic() < probeAt) return false
      state = 'half-open'
      return true
    },
    succeeded() {
      state = 'closed'
      failures = 0
    },
    failed() {
      failures++
      if (state === 'half-open' || failures >= FAILURES_TO_OPEN) open()
    },
  }
}
