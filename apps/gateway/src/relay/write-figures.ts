import type { Clock } from '@holdfast/runtime'
import type { Breaker } from '@holdfast/store'
import type { QueueFigures } from '@holdfast/store/contracts'

/** Rates are means over so many whole seconds. */
const RATE_SECONDS = 10
/** Writes whose durations are remembered. */
const DURATIONS_MAX = 256

export interface WriteFigures {
  /** Fields were given to be written. */
  marked(count: number): void
  /** A write was answered, after so long. */
  wrote(ms: number): void
  read(): QueueFigures
}

/** What the gateway's write-behind holds and does, in figures, for its beats. */
export function createWriteFigures(options: {
  clock: Clock
  breaker: Breaker
  entries: () => Iterable<{ since: { monotonic: number }; attempts: number; error: string | null }>
  /** How many entries there can be. */
  bound: () => number
}): WriteFigures {
  const { clock, breaker, entries, bound } = options
  const marks = createRate(clock)
  const writes = createRate(clock)
  const durations: number[] = []

  return {
    marked: (count) => marks.add(count),
    wrote(ms) {
      writes.add(1)
      durations.push(ms)
      if (durations.length > DURATIONS_MAX) durations.shift()
    },
    read() {
      const now = clock.monotonic()
      let [pending, retrying, oldestMs] = [0, 0, 0]
      let error: string | null = null
      for (const entry of entries()) {
        if (entry.attempts > 0) retrying++
        else pending++
        oldestMs = Math.max(oldestMs, Math.round(now - entry.since.monotonic))
        error ??= entry.error
      }
      const { state, nextProbeAt } = breaker
      return {
        pending,
        retrying,
        dead: 0,
        oldestMs,
        breaker: state,
        nextProbeAt: nextProbeAt === null ? null : Math.round(clock.now() + nextProbeAt - now),
        error,
        inPerS: marks.perSecond(),
        outPerS: writes.perSecond(),
        writeMs: percentilesOf(durations),
        ofBound: Math.min(1, (pending + retrying) / Math.max(1, bound())),
      }
    },
  }
}

/** Counts by whole seconds; the present one, which is not over, is not told. */
function createRate(clock: Clock) {
  const counts = new Map<number, number>()
  const second = (): number => Math.floor(clock.monotonic() / 1_000)
  return {
    add(count: number): void {
      const now = second()
      counts.set(now, (counts.get(now) ?? 0) + count)
      for (const past of counts.keys()) if (past < now - RATE_SECONDS) counts.delete(past)
    },
    perSecond(): number {
      const now = second()
      let sum = 0
      for (const [past, count] of counts) if (past < now && past >= now - RATE_SECONDS) sum += count
      return sum / RATE_SECONDS
    },
  }
}

function percentilesOf(durations: readonly number[]): QueueFigures['writeMs'] {
  if (durations.length === 0) return null
  const sorted = [...durations].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50: at(0.5), p95: at(0.95) }
}
