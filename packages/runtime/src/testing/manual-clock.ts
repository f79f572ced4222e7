import { type Clock, sleepWith, type Timer } from '../clock.ts'

export interface ManualClock extends Clock {
  /**
   * Moves time forward by `ms`. Due timers fire in order of their due time, ties in order of their making, each seeing
   * its own due time as now. What a timer started by promises has run before the next one fires.
   */
  advance(ms: number): Promise<void>
  /** How many timers wait; for tests that nothing is left ticking. */
  pendingTimers(): number
}

type Due = { at: number; order: number; everyMs: number | undefined; fn: () => void }

/** Promise chains without I/O end within one turn of the loop; a few turns let chained `setImmediate`s end too. */
const SETTLE_TURNS = 3

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** A clock that stands still until the test advances it. `startMs` is the first `now()`, epoch ms. */
export function manualClock(startMs = 1_700_000_000_000): ManualClock {
  const waiting = new Set<Due>()
  let elapsedMs = 0
  let made = 0

  const add = (fn: () => void, ms: number, everyMs?: number): Timer => {
    made += 1
    const due: Due = { at: elapsedMs + Math.max(0, ms), order: made, everyMs, fn }
    waiting.add(due)
    return { cancel: () => void waiting.delete(due) }
  }

  const nextUntil = (endMs: number): Due | undefined => {
    let first: Due | undefined
    for (const due of waiting) {
      if (due.at > endMs) continue
      if (first === undefined || due.at < first.at || (due.at === first.at && due.order < first.order)) first = due
    }
    return first
  }

  const fire = (due: Due): void => {
    elapsedMs = Math.max(elapsedMs, due.at)
    if (due.everyMs === undefined) waiting.delete(due)
    else due.at += Math.max(1, due.everyMs)
    due.fn()
  }

  const startTimer: Clock['setTimeout'] = (fn, ms) => add(fn, ms)
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    setTimeout: startTimer,
    setInterval: (fn, ms) => add(fn, ms, ms),
    sleep: (ms, signal) => sleepWith(startTimer, ms, signal),
    pendingTimers: () => waiting.size,
    async advance(ms) {
      const endMs = elapsedMs + ms
      await settle()
      for (let due = nextUntil(endMs); due !== undefined; due = nextUntil(endMs)) {
        fire(due)
        await settle()
      }
      elapsedMs = endMs
    },
  }
}
