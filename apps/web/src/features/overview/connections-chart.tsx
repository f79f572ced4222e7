'use client'

import type { EventItem } from '@holdfast/store/contracts'
import { useId } from 'react'
import { eventsQuestion } from '#features/api/questions.ts'
import { useNow } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { countText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { QueryProblem } from '#ui/query-problem.tsx'
import { BUCKET_MS, BUCKETS, type Connections, connectionsOf } from './connections.ts'

const WIDTH = 792
const MIDDLE = 61.5
const BAR_MAX = 52
const HEIGHT = 150
/** Where the axis is named, of its whole. */
const LABELS = [0, 0.25, 0.5, 0.75, 1] as const
const EVENTS_MAX = 1_000

/** Who came and who went in the last hour. */
export function ConnectionsChart() {
  const asked = { type: 'connection.opened,connection.closed', limit: EVENTS_MAX }
  const { data, error, refetch } = useAnswer(eventsQuestion(asked), { everyMs: 10_000 })
  const now = useNow()
  const items: readonly EventItem[] = data?.items ?? []
  const oldest = items.at(-1)
  // Without a next page the console has told all it keeps; with one, what is older was not asked for.
  const seenFrom = data?.next && oldest ? Date.parse(oldest.at) : 0
  const found = connectionsOf(items, Math.floor(now / BUCKET_MS) * BUCKET_MS, seenFrom)
  return (
    <section className="section" aria-labelledby="connections-title">
      <div className="section-head">
        <h2 id="connections-title">Connects and disconnects</h2>
        <span className="text-text-3 text-xs">each 10 s, 60 min</span>
        <span className="flex-1" />
        <span className="legend" style={{ margin: 0 }}>
          <Figure colour="var(--color-accent)" word="connects" count={data && found.connects} />
          <Figure colour="var(--color-text-3)" word="disconnects" count={data && found.disconnects} />
        </span>
      </div>
      <QueryProblem what="Events" error={error} shownAsOf={data?.asOf} onRetry={() => void refetch()} />
      {data ? (
        <Bars found={found} now={now} />
      ) : (
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="block w-full" aria-hidden="true" />
      )}
    </section>
  )
}

function Figure({ colour, word, count }: { colour: string; word: string; count: number | undefined }) {
  return (
    <span>
      <span className="swatch" style={{ background: colour }} />
      {word} <span className="tabular-nums text-text-1">{count === undefined ? '' : countText(count)}</span>
    </span>
  )
}

function Bars({ found, now }: { found: Connections; now: number }) {
  const hatch = useId()
  const { buckets, max, connects, disconnects, seenFrom } = found
  const step = WIDTH / BUCKETS
  const size = (count: number): number => (count / max) * BAR_MAX
  const bars = (of: (bucket: (typeof buckets)[number]) => number, sign: 1 | -1): string =>
    buckets
      .map((bucket, index) =>
        of(bucket) > 0
          ? `M${(index * step + step / 2).toFixed(1)} ${MIDDLE + sign * 1.5}v${(sign * size(of(bucket))).toFixed(1)}`
          : '',
      )
      .join('')
  const words = `Connects and disconnects each 10 s for 60 minutes: ${countText(connects)} connects, ${countText(disconnects)} disconnects, at most ${max} in 10 s.`
  const unseen = runsOf(buckets.map(({ isSeen }) => !isSeen))
  const start = now - BUCKETS * BUCKET_MS
  const before = seenFrom > start ? ` Not read before ${timeText(seenFrom)}.` : ''
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="block w-full" role="img" aria-label={words + before}>
      <defs>
        <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v5" stroke="var(--color-hatch)" strokeWidth="1.2" />
        </pattern>
      </defs>
      <path d={`M0 ${MIDDLE}H${WIDTH}`} stroke="var(--color-line-2)" />
      <path d={bars((bucket) => bucket.connects, -1)} stroke="var(--color-accent)" strokeWidth="1.4" />
      <path d={bars((bucket) => bucket.disconnects, 1)} stroke="var(--color-text-3)" strokeWidth="1.4" />
      {unseen.map(({ from, to }) => (
        <rect
          key={from}
          x={from * step}
          y={MIDDLE - BAR_MAX - 2}
          width={Math.max(3, (to - from) * step)}
          height={2 * BAR_MAX + 4}
          fill={`url(#${hatch})`}
        />
      ))}
      {unseen[0]?.from === 0 && seenFrom > start && (
        <text className="axis" x={4} y={MIDDLE + BAR_MAX + 14}>
          not read before {timeText(seenFrom)}
        </text>
      )}
      {LABELS.map((part) => (
        <text
          key={part}
          className="axis"
          x={part * WIDTH}
          y={HEIGHT - 4}
          textAnchor={part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}
        >
          {timeText(start + part * BUCKETS * BUCKET_MS).slice(0, 5)}
        </text>
      ))}
    </svg>
  )
}

function runsOf(isOn: readonly boolean[]): readonly { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (const [index, on] of isOn.entries()) {
    const last = runs.at(-1)
    if (!on) continue
    if (last && last.to === index) last.to = index + 1
    else runs.push({ from: index, to: index + 1 })
  }
  return runs
}
