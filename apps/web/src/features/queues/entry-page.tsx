'use client'

import { type Field, parseSid } from '@holdfast/store/contracts'
import Link from 'next/link'
import { queuesQuestion, sessionQuestion } from '#features/api/questions.ts'
import { nameOfRow } from '#features/commands/scope.ts'
import { refusalText, useGiving } from '#features/commands/use-giving.ts'
import { useNow } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { cutText } from '#features/session/cut-text.ts'
import { valueText } from '#features/session/field-value.ts'
import { useToast } from '#features/toasts/toasts.tsx'
import { Button } from '#ui/button.tsx'
import { ageText } from '#ui/format/duration.ts'
import { counted } from '#ui/format/number.ts'
import { preciseTimeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { AsOf, PageHead } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { TableBox } from '#ui/table-box.tsx'
import { useRetryOff } from './queues-page.tsx'

/** One entry: the values that wait, beside what Redis has now. */
export function EntryPage({ id }: { id: string }) {
  const sid = parseSid(id.slice(0, id.lastIndexOf('@')))
  const queues = useAnswer(queuesQuestion, { everyMs: 1_000 })
  const session = useAnswer(sessionQuestion(sid ?? ''), { everyMs: 1_000, isEnabled: sid !== null })
  const entry = queues.data?.entries.find((each) => each.entry === id)
  const detail = session.data
  const fields = (detail?.fields ?? []).filter(({ pending }) => pending?.entry === id)
  const now = useNow()
  const retryOff = useRetryOff(queues.data)
  const toast = useToast()
  const { give } = useGiving(
    () => undefined,
    (failure) => toast({ look: 'bad', text: refusalText(failure) }),
  )
  const name = detail ? nameOfRow(detail.session) : 'Entry'
  return (
    <>
      <PageHead title={`Write of ${name}`}>
        <AsOf at={queues.data?.asOf} />
        {entry && entry.kind !== 'pending' && (
          <>
            {retryOff !== null && <span className="text-text-3 text-xs">{retryOff}</span>}
            <Button off={retryOff} onClick={() => give({ type: 'retry', target: { entry: id } }, name)}>
              Retry now
            </Button>
          </>
        )}
      </PageHead>
      <QueryProblem
        what="Queues"
        error={queues.error}
        shownAsOf={queues.data?.asOf}
        onRetry={() => void queues.refetch()}
      />
      {queues.data && !entry && (
        <p className="empty">
          <b>This entry waits no more.</b> Its values were stored, or its session ended.{' '}
          {sid !== null && (
            <Link className="link" href={`/sessions/${sid}`}>
              Open the session
            </Link>
          )}
        </p>
      )}
      {entry && (
        <>
          <div className="bar flex-wrap text-text-2 text-xs" style={{ gap: '4px 16px' }}>
            <span>{entry.kind}</span>
            <span>
              at <span className="mono">{entry.process}</span>
            </span>
            <span className="tabular-nums">since {preciseTimeText(entry.since)}</span>
            <span>{counted(entry.attempts, 'attempt')}</span>
            {entry.nextAt !== null && (
              <span className="tabular-nums">next in {ageText(Math.max(0, Date.parse(entry.nextAt) - now))}</span>
            )}
            <Link className="link" href={`/sessions/${entry.sid}`}>
              Open the session
            </Link>
          </div>
          {entry.error !== null && (
            <p className="mono px-6 pb-3 text-danger-fg text-xs max-lg:px-4">{visibleText(entry.error)}</p>
          )}
          <ValuesTable fields={fields} now={now} />
        </>
      )}
    </>
  )
}

function ValuesTable({ fields, now }: { fields: readonly Field[]; now: number }) {
  if (fields.length === 0) return null
  const words = ({ name, cells }: Field, copy: 'gateway' | 'server' | 'redis'): string => {
    const cell = cells[copy]
    if (cell.kind === 'value') return cutText(valueText(name, cell.value, { isRaw: false, now }))
    return cell.kind === 'unknown' ? `unknown: ${cell.reason}` : cell.kind === 'absent' ? 'absent' : 'not held'
  }
  return (
    <TableBox label="Values that wait">
      <table className="table" style={{ minWidth: 560 }}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Waits in memory</th>
            <th scope="col">In Redis now</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <td className="mono">{visibleText(field.name)}</td>
              <td className="mono">{words(field, field.owner)}</td>
              <td className={field.cells.redis.kind === 'unknown' ? 'mono hatched' : 'mono'}>
                <span>{words(field, 'redis')}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}
