'use client'

import type { Sid } from '@holdfast/store/contracts'
import { useRouter } from 'next/navigation'
import { useCallback, useMemo, useRef, useState } from 'react'
import { failureOf } from '#features/api/api-error.ts'
import { useIntents } from '#features/commands/command-desk.tsx'
import { useLive } from '#features/live/services.tsx'
import type { LiveState } from '#features/live/stream-state.ts'
import { DENSITY, usePreference } from '#features/preferences/preferences.ts'
import { useCopyLink } from '#features/toasts/use-copy.ts'
import { ofAllText } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { AsOf, PageHead, PauseButton } from '#ui/page-head.tsx'
import { ProgressLine, QueryProblem } from '#ui/query-problem.tsx'
import { useLate } from '#ui/use-late.ts'
import { NARROW, useMedia } from '#ui/use-media.ts'
import { BulkBar } from './bulk-bar.tsx'
import { initialLayout, layoutOf, layoutText } from './column-layout.ts'
import { COLUMNS, columnsIn } from './columns.tsx'
import { ColumnsMenu, DensityButton } from './columns-menu.tsx'
import { EmptyList } from './empty-list.tsx'
import { csvOf, download } from './export-rows.ts'
import { FilterBar } from './filter-bar.tsx'
import { problemInAnswer } from './filter-text.ts'
import { HeldPill } from './held-pill.tsx'
import { isMisunderstood } from './no-list.ts'
import { PeekSheet } from './peek-sheet.tsx'
import { countOf, isSelected } from './selection.ts'
import { SessionsTable } from './sessions-table.tsx'
import { useSessionsUrl } from './sessions-url.ts'
import { answeringKeyOf, answeringOf } from './source-facts.ts'
import { type LayoutDesk, useColumnLayout } from './use-column-layout.ts'
import { useHold } from './use-hold.ts'
import { useInFilter } from './use-in-filter.ts'
import { useRowKeys } from './use-row-keys.ts'
import { useSelection } from './use-selection.ts'
import { useSessionList } from './use-session-list.ts'
import { ViewTabs } from './view-tabs.tsx'
import { filterWith, viewOf } from './views.ts'

const ROW = { compact: 32, comfortable: 40, narrow: 64 } as const

/** The live list of sessions. */
export function SessionsPage() {
  const [url, setUrl] = useSessionsUrl()
  const view = viewOf(url.view)
  const filter = filterWith(view, url.filter)
  const [windows, setWindows] = useState<readonly number[]>([0])
  const hold = useHold()
  const sessions = useSessionList({ filter, sort: url.sort }, windows, hold.isHeld)
  const { list, store, error } = sessions
  const desk = useSelection(list, filter)
  const within = useInFilter(desk.selection, sessions, filter)
  hold.noteSelection(countOf(desk.selection) > 0)
  const [cursor, setCursor] = useState(-1)
  const router = useRouter()
  const layoutDesk = useColumnLayout()
  useCopyLink((address) => linkTo(address, layoutDesk))
  const rowAt = (index: number) => {
    const sid = list.shown?.sids.get(index)
    return sid === undefined ? undefined : list.rows.get(sid)?.row
  }
  const total = list.shown?.total ?? 0
  useRowKeys({
    count: total,
    cursor,
    onCursor: setCursor,
    onSelect: desk.select,
    onSelectView: desk.selectView,
    onClear() {
      if (url.peek !== null) void setUrl({ peek: null })
      else if (countOf(desk.selection) > 0) desk.clear()
      else return false
      return true
    },
    onOpen: ({ sid }) => router.push(`/sessions/${sid}`),
    onPeek: ({ sid }) => void setUrl({ peek: url.peek === sid ? null : sid }, { history: 'push' }),
    rowAt,
  })
  const failure = failureOf(error)
  const refused = failure?.kind === 'problem' ? problemInAnswer(failure.problem.detail ?? '') : null
  const allTotal = useAllTotal()
  const isGone = (sid: Sid): boolean => {
    const known = list.rows.get(sid)
    return known ? known.isGone || known.row.status === 'closed' : false
  }
  const change = (next: Partial<{ view: string; filter: string; sort: string }>): void => {
    setCursor(-1)
    void setUrl(next)
  }
  return (
    <div className="sessions-page sessions">
      <ProgressLine isOn={useLate(sessions.isFetching && sessions.isOtherShown)} />
      <PageHead
        title="Sessions"
        about={
          <span className="text-text-3 text-xs tabular-nums" role="status">
            {list.shown && ofAllText(total, allTotal)}
          </span>
        }
      >
        <AsOf at={list.latest?.asOf} />
        <PauseButton />
        <span className="contents max-lg:hidden">
          <ColumnsMenu desk={layoutDesk} />
          <DensityButton />
        </span>
      </PageHead>
      <ViewTabs current={view.id} onChange={(id) => change({ view: id })} />
      <div className="bar sessions-bar">
        <FilterBar
          value={url.filter}
          onChange={(text) => change({ filter: text })}
          refused={refused}
          names={useProcessNames()}
        />
        <HeldPill list={list} onApply={store.apply} />
      </div>
      {refused === null && (
        <QueryProblem what="Sessions" error={error} shownAsOf={list.latest?.asOf} onRetry={sessions.retry} />
      )}
      <Table
        sessions={sessions}
        desk={desk}
        hold={hold}
        layoutDesk={layoutDesk}
        sort={url.sort}
        onSort={(sort) => change({ sort })}
        cursor={cursor}
        onCursor={setCursor}
        onWindows={setWindows}
      />
      <EmptyList
        list={list}
        isOther={sessions.isOtherShown}
        filter={url.filter}
        view={view}
        error={error}
        onClear={() => change({ filter: '', view: 'all', ...(error && isMisunderstood(error) ? { sort: '' } : {}) })}
      />
      {countOf(desk.selection) > 0 && (
        <BulkBar
          within={within}
          isGone={isGone}
          total={total}
          onSelectAll={desk.selectAll}
          onClear={desk.clear}
          onExport={() => {
            const rows = [...list.rows.values()].filter(({ row }) => isSelected(desk.selection, row.sid))
            download('sessions.csv', csvOf(rows), 'text/csv')
          }}
        />
      )}
      {url.peek !== null && <PeekSheet sid={url.peek} onClose={() => void setUrl({ peek: null })} />}
    </div>
  )
}

/** All sessions, as the frame's figures have them; while paused those of then, as the list is. */
function useAllTotal(): number | undefined {
  const told = useLive(({ tick }) => tick?.sessions)
  const isPaused = useLive((state) => state.isPaused)
  const [held, setHeld] = useState(told)
  if (!isPaused && held !== told) setHeld(told)
  return held
}

interface TableProps {
  sessions: ReturnType<typeof useSessionList>
  desk: ReturnType<typeof useSelection>
  hold: ReturnType<typeof useHold>
  layoutDesk: LayoutDesk
  sort: string
  onSort: (sort: string) => void
  cursor: number
  onCursor: (index: number) => void
  onWindows: (windows: readonly number[]) => void
}

function Table({ sessions, desk, hold, layoutDesk, sort, onSort, cursor, onCursor, onWindows }: TableProps) {
  const box = useRef<HTMLDivElement>(null)
  const [density] = usePreference(DENSITY)
  const isNarrow = useMedia(NARROW)
  const answering = useLive(answeringKeyOf)
  const facts = useMemo(() => ({ answering: answeringOf(answering) }), [answering])
  const longest = useLive(longestProcess)
  const intentOf = useIntents()
  // Rows of two lines have their own places.
  const layout = isNarrow ? PRODUCT : layoutDesk.layout
  const columns = useColumns(layout)
  const rowHeight = isNarrow ? ROW.narrow : ROW[density]
  const keepWindows = useCallback((windows: readonly number[]) => onWindows(windows), [onWindows])
  return (
    <SessionsTable
      key={rowHeight}
      box={box}
      list={sessions.list}
      isUnavailable={sessions.error !== null}
      columns={columns}
      layout={layout}
      onLayout={layoutDesk.change}
      longestProcess={longest}
      intentOf={intentOf}
      facts={facts}
      rowHeight={rowHeight}
      isComfortable={density === 'comfortable'}
      sort={sort}
      onSort={onSort}
      selection={desk.selection}
      onSelect={desk.select}
      onSelectView={desk.selectView}
      cursor={cursor}
      onCursor={onCursor}
      onWindows={keepWindows}
      onActive={hold.onPointer}
      onFocusWithin={hold.onFocus}
    />
  )
}

const PRODUCT = initialLayout(COLUMNS)

/** The same columns while only their widths change: no row is drawn anew for that. */
function useColumns({ pinned, rest }: LayoutDesk['layout']) {
  const unsized = (places: typeof rest) => places.map(({ id }) => ({ id, width: null }))
  const key = layoutText({ pinned: unsized(pinned), rest: unsized(rest) })
  return useMemo(() => columnsIn(layoutOf(key, COLUMNS)), [key])
}

/** The address of what is shown, with the columns that only this browser knows. */
function linkTo(address: URL, { layout, isInitial }: LayoutDesk): string {
  if (!isInitial) address.searchParams.set('columns', layoutText(layout))
  return address.href
}

const longestProcess = ({ tick }: LiveState): number =>
  Math.max(0, ...(tick?.sources ?? []).map(({ id }) => processName(id).length))

const PREFIX = { gateway: /^(gateway|gw)/, server: /^(server|srv)/ } as const

/** Processes by their role, as the filter offers them. */
function useProcessNames(): Readonly<Record<string, readonly string[]>> {
  const ids = useLive(({ tick }) => (tick?.sources ?? []).map(({ id }) => id).join(' '))
  return useMemo(() => {
    const all = ids.split(' ')
    return {
      gateway: all.filter((id) => PREFIX.gateway.test(id)),
      server: all.filter((id) => PREFIX.server.test(id)),
    }
  }, [ids])
}
