import type { Clock } from '@holdfast/runtime'
import type { QueueFigures } from '../contracts/index.ts'
import type { Breaker } from './breaker.ts'
import type { DirtySet } from './dirty-set.ts'

/** What of a process's memory Redis has not acknowledged: sessions, and the age of the oldest. */
export interface QueueCounts {
  pending: number
  retrying: number
  dead: number
  oldestMs: number
}

/** Rates are those of about so long. */
const RATE_MS = 10_000
const SAMPLE_MS = 900
/** Write times are those of the last minute, and of that the newest so many. */
const WRITES_KEPT_MS = 60_000
const WRITES_KEPT_MAX = 2_048

export interface QueueMeter {
  /** One write took so long, ms, whatever came of it. */
  wrote(ms: number): void
  /** Redis has acknowledged so many sessions. */
  stored(sessions: number): void
  failed(problem: string): void
  /** Why the last write failed; null after one that succeeded. */
  readonly error: string | null
  counts(): QueueCounts
  figures(): QueueFigures
}

export interface QueueMeterOptions {
  clock: Clock
  breaker: Breaker
  counts: () => QueueCounts
  /** Memory used of its bound, 0 to 1. */
  ofBound: (counts: QueueCounts) => number
}

/** A process's write-behind in figures, for its beats and metrics. */
export function createQueueMeter({ clock, breaker, counts, ofBound }: QueueMeterOptions): QueueMeter {
  let error: string | null = null
  let storedInAll = 0
  let samples: { at: number; stored: number; backlog: number }[] = []
  let writes: { at: number; ms: number }[] = []

  const rates = (backlog: number): { inPerS: number; outPerS: number } => {
    const at = clock.monotonic()
    const last = samples.at(-1)
    if (!last || at - last.at >= SAMPLE_MS) samples.push({ at, stored: storedInAll, backlog })
    samples = samples.filter((sample) => at - sample.at <= RATE_MS)
    const [first] = samples
    if (!first || at === first.at) return { inPerS: 0, outPerS: 0 }
    const perS = (amount: number): number => Math.max(0, Math.round((amount * 10_000) / (at - first.at)) / 10)
    const out = storedInAll - first.stored
    // What came in is what went out and what the backlog has grown by: nobody counts marks on the way of a change.
    return { inPerS: perS(out + backlog - first.backlog), outPerS: perS(out) }
  }

  const writeMs = (): QueueFigures['writeMs'] => {
    const since = clock.monotonic() - WRITES_KEPT_MS
    writes = writes.filter(({ at }) => at >= since)
    const sorted = writes.map(({ ms }) => ms).sort((a, b) => a - b)
    const share = (p: number): number => Math.round((sorted[Math.floor((sorted.length - 1) * p)] ?? 0) * 100) / 100
    return sorted.length === 0 ? null : { p50: share(0.5), p95: share(0.95) }
  }

  return {
    wrote(ms) {
      writes.push({ at: clock.monotonic(), ms })
      if (writes.length >= 2 * WRITES_KEPT_MAX) writes = writes.slice(-WRITES_KEPT_MAX)
    },
    stored(sessions) {
      storedInAll += sessions
      error = null
    },
    failed(problem) {
      error = problem
    },
    get error() {
      return error
    },
    counts,
    figures() {
      const now = counts()
      const { state, nextProbeAt } = breaker
      return {
        ...now,
        breaker: state,
        nextProbeAt: nextProbeAt === null ? null : Math.round(clock.now() + nextProbeAt - clock.monotonic()),
        error,
        ...rates(now.pending + now.retrying + now.dead),
        writeMs: writeMs(),
        ofBound: Math.min(1, ofBound(now)),
      }
    },
  }
}

/** What several dirty sets hold together. */
export function countQueues(queues: Iterable<DirtySet>, clock: Clock): QueueCounts {
  const counts: QueueCounts = { pending: 0, retrying: 0, dead: 0, oldestMs: 0 }
  const now = clock.monotonic()
  let oldest = now
  for (const dirty of queues) {
    for (const [, { attempts, since }] of dirty.tried()) {
      if (attempts > 0) counts.retrying++
      else counts.pending++
      oldest = Math.min(oldest, since)
    }
    for (const { since } of dirty.deadLetters().values()) {
      counts.dead++
      oldest = Math.min(oldest, since)
    }
  }
  return { ...counts, oldestMs: Math.round(now - oldest) }
}
