import type { Clock } from '@holdfast/runtime/clock'

/** The one ticker of a page: whatever shows an age is drawn anew by it, all together, once a second. */
export interface Ticker {
  /** The console's time at the last tick, epoch ms; the same between two ticks. */
  readonly now: number
  subscribe(listener: () => void): () => void
  /** The console's time has just become known, and may be far from what it was taken for. */
  refresh(): void
}

export const TICK_MS = 1_000

/** Ticks only while somebody listens. `serverNow`: the console's time, epoch ms. */
export function createTicker(clock: Clock, serverNow: () => number): Ticker {
  const listeners = new Set<() => void>()
  let now = serverNow()
  let ticking: { cancel(): void } | null = null
  const tick = (): void => {
    now = serverNow()
    for (const listener of listeners) listener()
  }
  return {
    get now() {
      return now
    },
    refresh: tick,
    subscribe(listener) {
      if (listeners.size === 0) {
        now = serverNow()
        ticking = clock.setInterval(tick, TICK_MS)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) ticking?.cancel()
      }
    },
  }
}
