'use client'

import { type Sample, seenRuns } from '#features/live/history.ts'
import { useHistory, useNow } from '#features/live/services.tsx'
import { ageText } from '#ui/format/duration.ts'

const WIDTH = 100
const HEIGHT = 20
const SPAN_MS = 3_600_000
/** A point each: a tile is not wider. */
const POINTS = 120

/** A figure over the last hour, as far as this page has seen it; what it has not seen is hatched. */
export function Spark({ of, label }: { of: (sample: Sample) => number; label: string }) {
  const samples = useHistory()
  const now = useNow()
  const first = samples[0]
  if (!first) return <svg className="spark" viewBox="0 0 100 28" aria-hidden="true" />
  const span = Math.min(SPAN_MS, Math.max(60_000, now - first.at))
  const from = now - span
  const runs = seenRuns(samples, from, now).map((run) => thinned(run))
  const values = runs.flat().map(of)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const x = (at: number): number => ((at - from) / span) * WIDTH
  const y = (value: number): number => 4 + (high === low ? HEIGHT : HEIGHT - ((value - low) / (high - low)) * HEIGHT)
  const path = runs
    .map((run) =>
      run
        .map((sample, index) => `${index === 0 ? 'M' : 'L'}${x(sample.at).toFixed(1)} ${y(of(sample)).toFixed(1)}`)
        .join(''),
    )
    .join('')
  return (
    <svg
      className="spark"
      viewBox="0 0 100 28"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: between ${low} and ${high} in the last ${ageText(span)}`}
    >
      <path d={path} fill="none" stroke="var(--color-text-3)" strokeWidth="1.25" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

function thinned(run: readonly Sample[]): readonly Sample[] {
  const step = Math.ceil(run.length / POINTS)
  return step <= 1 ? run : run.filter((_, index) => index % step === 0 || index === run.length - 1)
}
