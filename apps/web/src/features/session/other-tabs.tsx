'use client'

import type { EventItem, SessionDetail } from '@holdfast/store/contracts'
import Link from 'next/link'
import { eventsQuestion } from '#features/api/questions.ts'
import { EventLine } from '#features/events/event-line.tsx'
import { useNow } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { useCopy } from '#features/toasts/use-copy.ts'
import { Button } from '#ui/button.tsx'
import { ageText } from '#ui/format/duration.ts'
import { preciseTimeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { QueryProblem } from '#ui/query-problem.tsx'
import { TableBox } from '#ui/table-box.tsx'

/** Fields that wait for Redis, and since when. */
export function WritesTab({ detail }: { detail: SessionDetail }) {
  const now = useNow()
  const waiting = detail.fields.filter(({ pending }) => pending !== null)
  if (waiting.length === 0) return <p className="empty">No write of this session waits for Redis.</p>
  return (
    <TableBox label="Writes that wait">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Waiting since</th>
            <th scope="col" className="end">
              Attempts
            </th>
            <th scope="col" className="end">
              Next try
            </th>
            <th scope="col">Last error</th>
            <th scope="col">Entry</th>
          </tr>
        </thead>
        <tbody>
          {waiting.map(({ name, pending }) => (
            <tr key={name}>
              <td className="mono">{visibleText(name)}</td>
              <td className="num">{pending && preciseTimeText(pending.since)}</td>
              <td className="num end">{pending?.attempts}</td>
              <td className="num end">{pending?.nextAt ? ageText(Date.parse(pending.nextAt) - now) : ''}</td>
              <td className="mono" title={pending?.error ? visibleText(pending.error) : undefined}>
                {pending?.error && visibleText(pending.error)}
              </td>
              <td>
                <Link className="link" href={`/queues/${encodeURIComponent(pending?.entry ?? '')}`}>
                  Open
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

const EVENTS = 100

/** What happened to the session, newest first. `types`: only these. */
export function EventsTab({ sid, types, empty }: { sid: string; types?: readonly string[]; empty: string }) {
  const asked = { sid, limit: EVENTS, type: types?.join(',') }
  const { data, error, refetch } = useAnswer(eventsQuestion(asked), { everyMs: 2_000 })
  const items: readonly EventItem[] = data?.items.filter((item) => item.kind === 'event') ?? []
  return (
    <>
      <QueryProblem what="Events" error={error} shownAsOf={data?.asOf} onRetry={() => void refetch()} />
      {data && items.length === 0 && <p className="empty">{empty}</p>}
      <ol className="events" aria-label="Events of this session">
        {items.map((item) => (
          <EventLine key={item.id} item={item} />
        ))}
      </ol>
    </>
  )
}

/** The answer as it came, for a report or a bug. */
export function RawTab({ detail }: { detail: SessionDetail }) {
  const text = JSON.stringify(detail, null, 2)
  const copy = useCopy()
  return (
    <div className="section">
      <p className="mb-3">
        <Button onClick={() => copy(text, 'the JSON')}>Copy JSON</Button>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys have to reach it */}
      <pre className="mono table-box whitespace-pre-wrap text-xs [overflow-wrap:anywhere]" tabIndex={0}>
        {text.split('\n').map(visibleText).join('\n')}
      </pre>
    </div>
  )
}
