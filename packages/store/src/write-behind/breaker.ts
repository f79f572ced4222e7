import type { Clock } from '@holdfast/runtime'
import { backOffMs } from './back-off.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** So many failures in a row mean that Redis is away, not that one write was unlucky. */
const FAILURES_TO_OPEN = 3

export interface Breaker {
  readonly state: BreakerState
  /** When the next probe may go, monotonic ms; null while closed. */
  readonly nextProbeAt: number | null
  /** How often it has closed again: what waited for an outage to end has waited long enough when this rises. */
  readonly recoveries: number
  /** Whether a call may go now. While open: one, when its time has come (it half-opens the breaker). */
  allow(): boolean
  succeeded(): void
  failed(): void
  /** Somebody knows better than the back-off: the next probe may go at once. */
  probeNow(): void
}

/**
 * One per process: keeps the flushes of all partitions from waiting for a Redis that is away. Closed lets all through;
 * open lets none; after a back-off it is half-open and lets one through, whose outcome decides.
 *
 * `onChange` hears the beginning of an outage (`open`) and its end (`closed`), not the probes between.
 */
export function createBreaker(
  clock: Clock,
  random: () => number,
  onChange: (state: 'open' | 'closed') => void = () => undefined,
): Breaker {
  let state: BreakerState = 'closed'
  let failures = 0
  let probeAt = 0
  let recoveries = 0

  const open = (): void => {
    const isNew = state === 'closed'
    state = 'open'
    // At least half of the step, so that a probe is never at once.
    probeAt = clock.monotonic() + backOffMs(failures, () => 0.5 + random() / 2)
    if (isNew) onChange('open')
  }

  return {
    get state() {
      return state
    },
    get nextProbeAt() {
      return state === 'closed' ? null : probeAt
    },
    get recoveries() {
      return recoveries
    },
    allow() {
      if (state === 'closed') return true
      if (state === 'half-open' || clock.monotonic() < probeAt) return false
      state = 'half-open'
      return true
    },
    succeeded() {
      const wasOpen = state !== 'closed'
      state = 'closed'
      failures = 0
      if (!wasOpen) return
      recoveries++
      onChange('closed')
    },
    failed() {
      failures++
      // Calls that were under way when it opened fail one after the other: they move no probe.
      if (state === 'half-open' || (state === 'closed' && failures >= FAILURES_TO_OPEN)) open()
    },
    probeNow() {
      if (state === 'open') probeAt = clock.monotonic()
    },
  }
}
