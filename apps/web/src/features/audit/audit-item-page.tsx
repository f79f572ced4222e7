'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { auditQuestion } from '#features/api/questions.ts'
import { useApi, useNow } from '#features/live/services.tsx'
import { preciseWhenText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { PageHead } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { AuditScope } from './audit-scope.tsx'

/** Pages that are looked through for the entry: what is older is found by its command. */
const PAGES_MAX = 10
const PAGE = 200

/** One entry of the audit. */
export function AuditItemPage({ id }: { id: string }) {
  const api = useApi()
  const now = useNow()
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ['/api/audit', id],
    queryFn: async ({ signal }) => {
      let cursor: string | null = null
      for (let page = 0; page < PAGES_MAX; page++) {
        const found: Awaited<ReturnType<typeof ask>> = await ask(cursor, signal)
        const item = found.items.find((each) => each.id === id)
        if (item || found.next === null) return item ?? null
        cursor = found.next
      }
      return null
    },
  })
  const ask = (cursor: string | null, signal: AbortSignal) =>
    api.ask({ ...auditQuestion({ cursor, limit: PAGE }), signal })
  return (
    <>
      <PageHead title="Audit entry" />
      <QueryProblem what="Audit" error={error} onRetry={() => void refetch()} />
      {!isPending && data === null && (
        <p className="empty">
          <b>Not among the last {PAGES_MAX * PAGE} entries.</b>{' '}
          <Link className="link" href="/audit">
            All entries
          </Link>
        </p>
      )}
      {data && (
        <dl className="key-values section max-w-[40rem]" style={{ gridTemplateColumns: '8rem 1fr' }}>
          {(
            [
              ['when', preciseWhenText(data.at, now)],
              ['who', data.who],
              ['did', data.action],
              ['whom, or what', <AuditScope key="scope" item={data} />],
              ['why', data.reason || 'no reason given'],
              ['result', data.result],
            ] as const
          ).map(([term, text]) => (
            <div key={term} className="contents">
              <dt>{term}</dt>
              <dd style={{ textAlign: 'start' }}>{typeof text === 'string' ? <bdi>{visibleText(text)}</bdi> : text}</dd>
            </div>
          ))}
          {data.commandId !== null && (
            <>
              <dt>command</dt>
              <dd style={{ textAlign: 'start' }}>
                <Link className="link" href={`/commands/${encodeURIComponent(data.commandId)}`}>
                  {data.commandId}
                </Link>
              </dd>
            </>
          )}
        </dl>
      )}
    </>
  )
}
