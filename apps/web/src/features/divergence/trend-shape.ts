import type { Trend, TrendPoint } from '@holdfast/store/contracts'
import { countText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'

export const TREND_SPAN_MS = 3_600_000
const ROW_MS = 300_000
/** Points that are further apart than this, of their interval, have something between them that was not seen. */
const GAP_FROM = 1.5

export const TREND_SERIES = ['wrong', 'settling', 'unknown'] as const
export type TrendSeries = (typeof TREND_SERIES)[number]
export const TREND_NAMES = {
  wrong: 'Drifted, missing, ghost',
  settling: 'Settling',
  unknown: 'Unknown',
} as const satisfies Record<TrendSeries, string>

/** A part of the time that is no plain line: nothing was seen in it, or something could not be read. */
export interface TrendBand {
  kind: 'gap' | 'away'
  from: number
  to: number
  reason: string
}

export interface TrendRow {
  from: number
  /** The most of each, where it was seen. Null for a figure that nobody knows. */
  most: Readonly<Record<TrendSeries, number | null>>
  /** What there is to say of it beside the figures. */
  note: string
}

export interface TrendShape {
  /** Epoch ms. */
  from: number
  to: number
  everyMs: number
  /** Each series as runs of what was seen: between two of them it is not known. */
  runs: Readonly<Record<TrendSeries, readonly (readonly TrendPoint[])[]>>
  most: Readonly<Record<TrendSeries, number>>
  bands: readonly TrendBand[]
  rows: readonly TrendRow[]
  /** All of it as sentences. */
  words: string
}

const AWAY = {
  redis: 'Redis unreachable',
  kafka: 'Kafka unreachable',
  both: 'Redis and Kafka unreachable',
} as const satisfies Record<NonNullable<TrendPoint['away']>, string>

const startOf = ({ at }: TrendPoint): number => Date.parse(at)

/** Whether the series is known at that point: while a copy cannot be read, nobody knows that none is wrong. */
const isKnown = (series: TrendSeries, { away, wrong }: TrendPoint): boolean =>
  series !== 'wrong' || away === null || wrong > 0

/** The last hour up to the answer, as it is drawn and as it is told. */
export function trendShape({ asOf, everyMs, points: all }: Pick<Trend, 'asOf' | 'everyMs' | 'points'>): TrendShape {
  const to = Date.parse(asOf)
  const from = to - TREND_SPAN_MS
  const points = all.filter((point) => startOf(point) + everyMs > from)
  const bands = [...gapsIn(points, from, to, everyMs), ...outagesIn(points, everyMs)].sort((a, b) => a.from - b.from)
  const most = {
    wrong: mostOf(points, 'wrong'),
    settling: mostOf(points, 'settling'),
    unknown: mostOf(points, 'unknown'),
  }
  const runs = {
    wrong: runsOf(points, 'wrong', everyMs),
    settling: runsOf(points, 'settling', everyMs),
    unknown: runsOf(points, 'unknown', everyMs),
  }
  return {
    from,
    to,
    everyMs,
    runs,
    most,
    bands,
    rows: rowsOf(points, from, everyMs),
    words: wordsOf(points, most, bands),
  }
}

const mostOf = (points: readonly TrendPoint[], series: TrendSeries): number =>
  points.reduce((most, point) => Math.max(most, point[series]), 0)

function gapsIn(points: readonly TrendPoint[], from: number, to: number, everyMs: number): readonly TrendBand[] {
  const gaps: TrendBand[] = []
  let seenTo = from
  for (const [index, point] of points.entries()) {
    const at = startOf(point)
    const reason = index === 0 ? `not seen before ${timeText(at)}` : `not seen ${spanText(seenTo, at)}`
    if (at - seenTo > everyMs * (GAP_FROM - 1)) gaps.push({ kind: 'gap', from: seenTo, to: at, reason })
    seenTo = at + everyMs
  }
  if (to - seenTo > everyMs * GAP_FROM)
    gaps.push({ kind: 'gap', from: seenTo, to, reason: `not seen since ${timeText(seenTo)}` })
  return gaps
}

function outagesIn(points: readonly TrendPoint[], everyMs: number): readonly TrendBand[] {
  const found: { away: NonNullable<TrendPoint['away']>; from: number; to: number }[] = []
  for (const point of points) {
    const at = startOf(point)
    const last = found.at(-1)
    if (point.away === null) continue
    if (last?.away === point.away && at - last.to < everyMs) last.to = at + everyMs
    else found.push({ away: point.away, from: at, to: at + everyMs })
  }
  return found.map(({ away, from, to }) => ({ kind: 'away', from, to, reason: `${AWAY[away]} ${spanText(from, to)}` }))
}

const spanText = (from: number, to: number): string => `${timeText(from)} to ${timeText(to)}`

function runsOf(
  points: readonly TrendPoint[],
  series: TrendSeries,
  everyMs: number,
): readonly (readonly TrendPoint[])[] {
  const runs: TrendPoint[][] = []
  for (const point of points) {
    if (!isKnown(series, point)) continue
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && startOf(point) - startOf(last) <= everyMs * GAP_FROM) run.push(point)
    else runs.push([point])
  }
  return runs
}

/** Twelve rows of five minutes, oldest first. */
function rowsOf(points: readonly TrendPoint[], from: number, everyMs: number): readonly TrendRow[] {
  return Array.from({ length: TREND_SPAN_MS / ROW_MS }, (_, index) => {
    const start = from + index * ROW_MS
    const some = points.filter((point) => startOf(point) >= start && startOf(point) < start + ROW_MS)
    const most = (series: TrendSeries): number | null => {
      const known = some.filter((point) => isKnown(series, point))
      return known.length === 0 ? null : mostOf(known, series)
    }
    const away = [...new Set(some.flatMap((point) => (point.away === null ? [] : [AWAY[point.away]])))]
    const seenMs = some.length * everyMs
    const seen = seenMs === 0 ? ['not seen'] : seenMs < ROW_MS - 2 * everyMs ? ['seen in part'] : []
    return {
      from: start,
      most: { wrong: most('wrong'), settling: most('settling'), unknown: most('unknown') },
      note: [...seen, ...away].join(', '),
    }
  })
}

/** At most so many reasons in the sentence; the table has them all. */
const REASONS_MAX = 3

function wordsOf(
  points: readonly TrendPoint[],
  { wrong, settling, unknown }: TrendShape['most'],
  bands: readonly TrendBand[],
): string {
  if (points.length === 0) return 'Nothing was seen in the last hour.'
  const figures = `At most at one moment of the last hour: ${countText(wrong)} drifted, missing or ghost, ${countText(settling)} settling, ${countText(unknown)} Unknown.`
  const reasons = bands.slice(-REASONS_MAX).map(({ reason }) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`)
  const more = bands.length - reasons.length
  return [figures, ...(more > 0 ? [`${more} earlier gaps or outages.`] : []), ...reasons].join(' ')
}
