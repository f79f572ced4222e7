import type { Clock } from '@holdfast/runtime'
import type { State, TrendPoint } from '../contracts/index.ts'
import { isoOf } from './iso.ts'

export const TREND_EVERY_MS = 10_000
/** An hour. */
export const TREND_KEPT = 360

type Counts = Pick<TrendPoint, 'wrong' | 'settling' | 'unknown'>

export interface TrendSeen {
  counts: Readonly<Record<State, number>>
  /** What could not be read, so that nobody can tell of a difference to it. */
  away: TrendPoint['away']
}

export interface TrendRing {
  /** What is so now; to be called several times in each interval. Null: nothing is known, which leaves a gap. */
  note(seen: TrendSeen | null): void
  /** Oldest first; intervals in which nothing was noted are not among them. The last one still goes on. */
  points(): TrendPoint[]
}

/** How many sessions were wrong, settling and unknown in the last hour: the most of each interval, for most differences are short. */
export function createTrendRing(clock: Pick<Clock, 'now' | 'monotonic'>): TrendRing {
  /** By the number of the interval since this clock began: durations by the one that never jumps, labels by the other. */
  let points: { interval: number; point: TrendPoint }[] = []

  return {
    note(seen) {
      if (!seen) return
      const { counts, away } = seen
      const now: Counts = {
        wrong: counts.drifted + counts.missing + counts.ghost,
        settling: counts.settling,
        unknown: counts.unknown,
      }
      const interval = Math.floor(clock.monotonic() / TREND_EVERY_MS)
      const last = points.at(-1)
      if (last?.interval === interval) {
        last.point = mostOf(last.point, now, away)
        return
      }
      const startedAt = clock.now() - (clock.monotonic() - interval * TREND_EVERY_MS)
      points.push({ interval, point: { at: isoOf(Math.round(startedAt)), ...now, away } })
      points = points.filter((each) => each.interval > interval - TREND_KEPT)
    },
    points: () => points.map(({ point }) => point),
  }
}

const mostOf = (point: TrendPoint, now: Counts, away: TrendPoint['away']): TrendPoint => ({
  at: point.at,
  wrong: Math.max(point.wrong, now.wrong),
  settling: Math.max(point.settling, now.settling),
  unknown: Math.max(point.unknown, now.unknown),
  away: point.away === null || point.away === away ? away : away === null ? point.away : 'both',
})
