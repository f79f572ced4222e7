'use client'

import type { Queues, Source } from '@holdfast/store/contracts'
import { useNow } from '#features/live/services.tsx'
import { Age } from '#ui/age.tsx'
import { ageText, figureSpan } from '#ui/format/duration.ts'
import { countText, millisText, percentText, rateText } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'

type QueueOfProcess = Queues['processes'][number]

/** The write-behind of each process. What a silent one said last is hatched. */
export function QueueCards({ queues }: { queues: Queues }) {
  return (
    <section className="ledger queue-cards" aria-label="Write-behind of each process">
      {queues.processes.map((queue) => (
        <QueueCard key={queue.id} queue={queue} source={queues.sources.find(({ id }) => id === queue.id)} />
      ))}
    </section>
  )
}

function QueueCard({ queue, source }: { queue: QueueOfProcess; source: Source | undefined }) {
  const { id, pending, retrying, dead, oldestMs, inPerS, outPerS, writeMs, ofBound } = queue
  const isSilent = source?.status === 'dead'
  const main = retrying > 0 ? { count: retrying, word: 'retrying' } : { count: pending, word: 'pending' }
  const rest = retrying > 0 ? { count: pending, word: 'pending' } : { count: retrying, word: 'retrying' }
  return (
    <article aria-label={id} data-silent={isSilent || undefined}>
      <div className="ledger-head">
        <span className="mono" title={id}>
          {processName(id)}
        </span>
        <Age at={source?.observedAt ?? null} status={source?.status} />
      </div>
      <div className={isSilent ? 'figure hatched' : 'figure'}>
        <span className={isSilent ? 'on-hatch' : ''}>{countText(main.count)}</span>
        <small className={isSilent ? 'on-hatch' : ''}>{isSilent ? `${main.word} then` : main.word}</small>
      </div>
      <dl className="key-values mt-2">
        <dt>{rest.word}</dt>
        <dd>{countText(rest.count)}</dd>
        <dt>dead</dt>
        <dd className={dead > 0 ? 'font-semibold text-danger-fg' : ''}>{countText(dead)}</dd>
        <dt>oldest</dt>
        <dd>{oldestMs === 0 ? '0s' : figureSpan(oldestMs)}</dd>
        <dt>in / out per s</dt>
        <dd>
          {rateText(inPerS)} / {rateText(outPerS)}
        </dd>
        <dt>write p50 / p95</dt>
        <dd>
          {writeMs ? (
            `${millisText(writeMs.p50)} / ${millisText(writeMs.p95)} ms`
          ) : (
            <span className="age" data-age="dead">
              <span>unknown</span>
            </span>
          )}
        </dd>
        <dt>of its bound</dt>
        <dd>{percentText(ofBound)}</dd>
      </dl>
      <div className="meter" role="presentation">
        <span style={{ width: `${Math.min(100, ofBound * 100)}%` }} />
      </div>
      <Breaker queue={queue} />
    </article>
  )
}

const ARMS = { closed: 'M8 6h12', open: 'M8 6l9-5', 'half-open': 'M8 6l11-2.5' } as const
const WORDS = { closed: 'Closed', open: 'Open', 'half-open': 'Half-open, one write on its way' } as const

function Breaker({ queue: { breaker, nextProbeAt } }: { queue: QueueOfProcess }) {
  const now = useNow()
  const next = nextProbeAt === null ? null : Date.parse(nextProbeAt) - now
  return (
    <div className="breaker" data-breaker={breaker}>
      <svg
        viewBox="0 0 28 12"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        aria-hidden="true"
      >
        <path d={`M1 6h5M22 6h5${ARMS[breaker]}`} />
        <circle cx="7" cy="6" r="1.6" fill="currentColor" />
        <circle cx="21" cy="6" r="1.6" fill="currentColor" />
      </svg>
      <span className="tabular-nums">
        {WORDS[breaker]}
        {breaker === 'open' && next !== null && (next > 0 ? `, next probe in ${ageText(next)}` : ', probing now')}
      </span>
    </div>
  )
}
