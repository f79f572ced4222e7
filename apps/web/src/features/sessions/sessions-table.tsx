'use client'

import type { Sid } from '@holdfast/store/contracts'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Intent } from '#features/commands/intents.ts'
import { type ColumnLayout, withWidth } from './column-layout.ts'
import { type CellFacts, type Column, widthsIn } from './columns.tsx'
import { NO_SLOTS, type RowSlots, slotsFor } from './row-slots.ts'
import type { Selection } from './selection.ts'
import { isSelected } from './selection.ts'
import { type SessionList, WINDOW_ROWS } from './session-list.ts'
import { rowId, SessionRowLine, SkeletonRow } from './session-row.tsx'
import { TableHead } from './table-head.tsx'
import { tableWidths, Widths } from './table-widths.tsx'

export interface SessionsTableProps {
  box: RefObject<HTMLDivElement | null>
  list: SessionList
  /** No answer came: there is nothing that rows could be waited for. */
  isUnavailable: boolean
  /** Those of the layout. */
  columns: readonly Column[]
  layout: ColumnLayout
  onLayout: (next: ColumnLayout) => void
  /** Letters of the longest name of a process. */
  longestProcess: number
  facts: CellFacts
  intentOf: (sid: Sid) => Intent | null
  rowHeight: number
  isComfortable: boolean
  sort: string
  onSort: (sort: string) => void
  selection: Selection
  onSelect: (index: number, isRange: boolean) => void
  onSelectView: (isOn: boolean) => void
  cursor: number
  onCursor: (index: number) => void
  onWindows: (windows: readonly number[]) => void
  onActive: (isActive: boolean) => void
  onFocusWithin: (isWithin: boolean) => void
}

/** Rows drawn beyond those in view; with these a window of 900 px has under 60 in the document. */
const OVERSCAN = 8
const WHILE_LOADING = 12

/** A table of any length of which only the rows in view are in the document. */
export function SessionsTable(props: SessionsTableProps) {
  const {
    box,
    list,
    isUnavailable,
    columns,
    layout,
    longestProcess,
    facts,
    intentOf,
    rowHeight,
    isComfortable,
    selection,
    cursor,
    onCursor,
    onSelect,
    onWindows,
    onActive,
    onFocusWithin,
  } = props
  const { shown, rows } = list
  const count = shown?.total ?? (isUnavailable ? 0 : WHILE_LOADING)
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  })
  useEffect(() => {
    if (cursor >= 0) virtualizer.scrollToIndex(cursor, { align: 'auto' })
  }, [virtualizer, cursor])
  const [draft, setDraft] = useState<{ id: string; width: number } | null>(null)
  const drawn = draft === null ? layout : withWidth(layout, draft.id, draft.width)
  const { widths, pinned, hasFiller, style } = tableWidths(
    columns,
    widthsIn(drawn, longestProcess),
    layout.pinned.length,
    virtualizer.scrollRect?.width ?? 0,
  )
  const items = virtualizer.getVirtualItems()
  const slots = useSlots(
    list.question,
    items.flatMap(({ index }) => shown?.sids.get(index) ?? []),
  )
  const first = items[0]
  const last = items.at(-1)
  const from = Math.floor((first?.index ?? 0) / WINDOW_ROWS)
  const to = Math.floor((last?.index ?? 0) / WINDOW_ROWS)
  useEffect(() => onWindows(Array.from({ length: to - from + 1 }, (_, index) => from + index)), [onWindows, from, to])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only watched, so that nothing moves under the pointer
    <div
      ref={box}
      className="sessions-scroll"
      onPointerEnter={() => onActive(true)}
      onPointerLeave={() => onActive(false)}
      onFocus={() => onFocusWithin(true)}
      onBlur={({ currentTarget, relatedTarget }) => onFocusWithin(currentTarget.contains(relatedTarget))}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are chosen and opened by keys
        role="grid"
        className="table sessions-table"
        data-density={isComfortable ? 'comfortable' : undefined}
        style={style}
        aria-label="Sessions"
        aria-multiselectable="true"
        aria-rowcount={count + 1}
        aria-activedescendant={cursor >= 0 && rows.size > 0 ? rowId(cursor) : undefined}
        // Without rows there is nothing that focus could be seen on.
        tabIndex={count > 0 ? 0 : -1}
        onFocus={() => cursor < 0 && count > 0 && onCursor(0)}
      >
        <Widths columns={columns} widths={widths} />
        <TableHead {...props} {...{ pinned, hasFiller }} selected={selectedOf(props)} onDraft={setDraft} />
        <tbody>
          <Spacer height={first?.start ?? 0} />
          {items.map(({ index }) => {
            const sid = shown?.sids.get(index)
            const known = sid === undefined ? undefined : rows.get(sid)
            if (sid === undefined || !known) return <SkeletonRow key={index} {...{ index, columns, hasFiller }} />
            return (
              <SessionRowLine
                key={`row ${slots.of.get(sid)}`}
                known={known}
                index={index}
                columns={columns}
                pinned={pinned}
                hasFiller={hasFiller}
                facts={facts}
                intent={intentOf(sid)}
                isSelected={isSelected(selection, sid)}
                isCursor={index === cursor}
                isBeforeCursor={index === cursor - 1}
                onSelect={onSelect}
                onCursor={onCursor}
              />
            )
          })}
          <Spacer height={virtualizer.getTotalSize() - (last?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  )
}

/** The rows in which these sessions are drawn, by what is on the screen now. */
function useSlots(question: string, sids: readonly Sid[]): RowSlots {
  const drawn = useRef(NO_SLOTS)
  const slots = slotsFor(drawn.current, question, sids)
  useEffect(() => {
    drawn.current = slots
  })
  return slots
}

const Spacer = ({ height }: { height: number }) =>
  height > 0 ? (
    <tr className="spacer" style={{ height }}>
      <td style={{ height }} />
    </tr>
  ) : null

function selectedOf({ selection, list }: SessionsTableProps): boolean | 'mixed' {
  const size = selection.kind === 'all' ? selection.total : selection.rows.size
  if (selection.kind === 'all' || (size > 0 && size >= (list.shown?.total ?? 0))) return true
  return size > 0 ? 'mixed' : false
}
