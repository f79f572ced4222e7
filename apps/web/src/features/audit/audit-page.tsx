'use client'

import type { AuditItem } from '@holdfast/store/contracts'
import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { parseAsString, useQueryStates } from 'nuqs'
import { useRef } from 'react'
import { auditQuestion } from '#features/api/questions.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useApi, useLive, useNow } from '#features/live/services.tsx'
import { download } from '#features/sessions/export-rows.ts'
import { useWizard } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { countText } from '#ui/format/number.ts'
import { whenText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { PageHead } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { TableBox } from '#ui/table-box.tsx'
import { AuditScope, scopeText } from './audit-scope.tsx'

const PAGE = 100
const EVERY_MS = 5_000

/** Everything that wizards and the auditor have done, newest first. */
export function AuditPage() {
  const api = useApi()
  const isPaused = useLive((state) => state.isPaused)
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['/api/audit'],
    queryFn: ({ pageParam, signal }) => api.ask({ ...auditQuestion({ cursor: pageParam, limit: PAGE }), signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: isPaused ? false : EVERY_MS,
  })
  const [url, setUrl] = useQueryStates({
    text: parseAsString.withDefault(''),
    by: parseAsString.withDefault(''),
  })
  const field = useRef<HTMLInputElement>(null)
  useShortcut('search', () => field.current?.focus())
  useShortcut('filter', () => field.current?.focus())
  const { name } = useWizard()
  const items = data?.pages.flatMap((page) => page.items) ?? []
  const shown = items.filter((item) => matches(item, url, name))
  return (
    <>
      <PageHead
        title="Audit"
        about={
          <span className="text-text-3 text-xs tabular-nums">
            {data && `${countText(shown.length)} of ${countText(items.length)} read`}
          </span>
        }
      >
        <Button
          icon="export"
          onClick={() =>
            download('audit.ndjson', shown.map((item) => JSON.stringify(item)).join('\n'), 'application/x-ndjson')
          }
        >
          Export
        </Button>
      </PageHead>
      <div className="bar flex-wrap">
        <input
          ref={field}
          className="input max-w-80"
          aria-label="Text in the audit"
          placeholder="who, what, whom, why"
          value={url.text}
          onChange={({ target }) => void setUrl({ text: target.value })}
        />
        <select
          className="input w-auto"
          aria-label="By whom"
          value={url.by}
          onChange={({ target }) => void setUrl({ by: target.value })}
        >
          <option value="">by anybody</option>
          <option value="me">by you</option>
          <option value="auditor">by the auditor</option>
          <option value="sign-in">sign-ins</option>
        </select>
      </div>
      <QueryProblem what="Audit" error={error} onRetry={() => void refetch()} />
      {data && shown.length === 0 && (
        <p className="empty">
          {items.length === 0 ? <b>Nothing was done yet.</b> : <b>Nothing matches in what was read.</b>}
        </p>
      )}
      {shown.length > 0 && <AuditTable items={shown} />}
      {hasNextPage && (
        <p className="section">
          <Button off={isFetchingNextPage ? 'On its way' : null} onClick={() => void fetchNextPage()}>
            Older
          </Button>
        </p>
      )}
    </>
  )
}

function matches(item: AuditItem, { text, by }: { text: string; by: string }, name: string): boolean {
  const { who, action, reason, result } = item
  const isBy =
    by === '' ||
    (by === 'me' && who.startsWith(name)) ||
    (by === 'auditor' && who === 'auditor') ||
    (by === 'sign-in' && /sign in/i.test(action))
  const all = [who, action, scopeText(item), reason, result].join(' ').toLowerCase()
  return isBy && all.includes(text.trim().toLowerCase())
}

export function AuditTable({ items }: { items: readonly AuditItem[] }) {
  const now = useNow()
  return (
    <TableBox label="What was done">
      <table className="table" style={{ minWidth: 1160 }}>
        <colgroup>
          <col style={{ width: 140 }} />
          <col style={{ width: 140 }} />
          <col style={{ width: 220 }} />
          <col style={{ width: 350 }} />
          <col />
          <col style={{ width: 190 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Did</th>
            <th scope="col">Whom, or what</th>
            <th scope="col">Why</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => {
            const { id, at, who, action, reason, result } = item
            return (
              <tr key={id}>
                <td className="num dim">
                  <Link className="hover:underline" href={`/audit/${encodeURIComponent(id)}`}>
                    {whenText(at, now)}
                  </Link>
                </td>
                <td className={who === 'auditor' ? 'dim' : 'name'} title={visibleText(who)}>
                  <bdi>{visibleText(who)}</bdi>
                </td>
                <td className="text-text-2" title={visibleText(action)}>
                  {visibleText(action)}
                </td>
                <td title={scopeText(item)}>
                  <AuditScope item={item} />
                </td>
                <td className="text-text-2" title={visibleText(reason)}>
                  <bdi>{visibleText(reason)}</bdi>
                </td>
                <td className={isBad(result) ? 'font-medium text-settling-fg' : 'dim'} title={visibleText(result)}>
                  {visibleText(result)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </TableBox>
  )
}

export const isBad = (result: string): boolean =>
  /refused|failed|timed|partial|superseded|no-answer|not verified/i.test(result)
