'use client'

import { trendQuestion } from '#features/api/questions.ts'
import { useAnswer } from '#features/live/use-answer.ts'
import { countText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { QueryProblem } from '#ui/query-problem.tsx'
import { TableBox } from '#ui/table-box.tsx'
import { TREND_NAMES, TREND_SERIES, type TrendSeries, type TrendShape, trendShape } from './trend-shape.ts'

const EVERY_MS = 10_000
const WIDTH = 360
const HEIGHT = 32
/** Where the axis is named, of its whole. */
const LABELS = [0, 0.25, 0.5, 0.75, 1] as const

/**
 * How many sessions were wrong, settling and unknown in the last hour: three lines over one time, each with its own scale. Its place
 * is there before its figures are, so that nothing below it moves.
 */
export function TrendChart() {
  const { data, error, refetch } = useAnswer(trendQuestion, { everyMs: EVERY_MS })
  const shape = data && trendShape(data)
  return (
    <>
      <section className="section" style={{ paddingBottom: 4 }} aria-labelledby="trend-title">
        <div className="section-head">
          <h2 id="trend-title">Last hour</h2>
          <span className="text-text-3 text-xs">the most in each 10 s</span>
        </div>
        <QueryProblem what="Trend" error={error} shownAsOf={data?.asOf} onRetry={() => void refetch()} />
        <div className="trend" role="img" aria-label={shape?.words ?? 'not read yet'}>
          {TREND_SERIES.map((series) => (
            <Strip key={series} shape={shape} series={series} />
          ))}
          <Axis shape={shape} />
        </div>
        <p className="trend-words">{shape?.words}</p>
      </section>
      <TrendTable shape={shape} />
    </>
  )
}

const left = ({ from, to }: TrendShape, at: number): number => Math.min(1, Math.max(0, (at - from) / (to - from)))
const percent = (part: number): string => `${(part * 100).toFixed(3)}%`

function Strip({ shape, series }: { shape: TrendShape | undefined; series: TrendSeries }) {
  return (
    <>
      <span className="trend-name">
        {TREND_NAMES[series]} {shape && <b>{countText(shape.most[series])}</b>}
      </span>
      <span className="trend-plot">
        {shape?.bands.map(({ kind, from, to }) => (
          <span
            key={`${kind} ${from}`}
            className={kind === 'gap' ? 'hatched' : 'trend-away'}
            style={{ left: percent(left(shape, from)), width: percent(left(shape, to) - left(shape, from)) }}
          />
        ))}
        {shape && (
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            <path
              d={pathOf(shape, series)}
              fill="none"
              stroke={series === 'wrong' ? 'var(--color-accent)' : 'var(--color-text-3)'}
              strokeWidth="1.25"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        )}
      </span>
    </>
  )
}

/** Steps: a point is the most of its whole interval. */
function pathOf(shape: TrendShape, series: TrendSeries): string {
  const { runs, most, everyMs } = shape
  const x = (at: number): string => (left(shape, at) * WIDTH).toFixed(2)
  const y = (value: number): string => (HEIGHT - 1 - (value / Math.max(1, most[series])) * (HEIGHT - 3)).toFixed(1)
  return runs[series]
    .map((run) =>
      run
        .map((point, index) => {
          const at = Date.parse(point.at)
          const height = y(point[series])
          return `${index === 0 ? 'M' : 'L'}${x(at)} ${height}H${x(at + everyMs)}`
        })
        .join(''),
    )
    .join('')
}

function Axis({ shape }: { shape: TrendShape | undefined }) {
  return (
    <span className="trend-axis">
      {shape &&
        LABELS.map((part) => (
          <span key={part}>{timeText(shape.from + part * (shape.to - shape.from)).slice(0, 5)}</span>
        ))}
    </span>
  )
}

function TrendTable({ shape }: { shape: TrendShape | undefined }) {
  return (
    <details className="mb-3">
      <summary className="link mx-6 inline-flex min-h-6 cursor-pointer items-center text-xs max-lg:mx-4">
        As a table
      </summary>
      <TableBox label="Sessions that were wrong, settling or unknown, each five minutes">
        <table className="table" style={{ minWidth: 560 }}>
          <thead>
            <tr>
              <th scope="col">From</th>
              {TREND_SERIES.map((series) => (
                <th key={series} scope="col" className="end">
                  {TREND_NAMES[series]}
                </th>
              ))}
              <th scope="col">Not read</th>
            </tr>
          </thead>
          <tbody>
            {shape?.rows.map(({ from, most, note }) => (
              <tr key={from}>
                <td className="num dim">{timeText(from).slice(0, 5)}</td>
                {TREND_SERIES.map((series) => (
                  <td key={series} className="num end">
                    {most[series] === null ? <span className="text-text-3">unknown</span> : countText(most[series])}
                  </td>
                ))}
                <td className="dim">{note}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </details>
  )
}
