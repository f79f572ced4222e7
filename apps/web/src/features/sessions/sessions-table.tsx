'use client'

import type { Sid } from '@holdfast/store/contracts'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, type RefObject, useEffect, useRef } from 'react'
import { Icon } from '#ui/icon.tsx'
import { type CellFacts, type Column, dropsAt } from './columns.tsx'
import { NO_SLOTS, type RowSlots, slotsFor } from './row-slots.ts'
import type { Selection } from './selection.ts'
import { isSelected } from './selection.ts'
import { type SessionList, WINDOW_ROWS } from './session-list.ts'
import { rowId, SessionRowLine, SkeletonRow } from './session-row.tsx'
import { pressedSort, sortKeysOf } from './sort-text.ts'

export interface SessionsTableProps {
  box: RefObject<HTMLDivElement | null>
  list: SessionList
  /** No answer came: there is nothing that rows could be waited for. */
  isUnavailable: boolean
  columns: readonly Column[]
  facts: CellFacts
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
    facts,
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
        aria-label="Sessions"
        aria-multiselectable="true"
        aria-rowcount={count + 1}
        aria-activedescendant={cursor >= 0 && rows.size > 0 ? rowId(cursor) : undefined}
        // Without rows there is nothing that focus could be seen on.
        tabIndex={count > 0 ? 0 : -1}
        onFocus={() => cursor < 0 && count > 0 && onCursor(0)}
      >
        <Widths columns={columns} />
        <Head {...props} />
        <tbody>
          <Spacer height={first?.start ?? 0} />
          {items.map(({ index }) => {
            const sid = shown?.sids.get(index)
            const known = sid === undefined ? undefined : rows.get(sid)
            if (sid === undefined || !known) return <SkeletonRow key={index} index={index} columns={columns} />
            return (
              <SessionRowLine
                key={`row ${slots.of.get(sid)}`}
                known={known}
                index={index}
                columns={columns}
                facts={facts}
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

function Widths({ columns }: { columns: readonly Column[] }) {
  return (
    <colgroup>
      <col style={{ width: 48 }} />
      {columns.map(({ id, width, isLess }) => (
        <col key={id} className={dropsAt(isLess)} style={width === null ? undefined : { width }} />
      ))}
    </colgroup>
  )
}

const Spacer = ({ height }: { height: number }) =>
  height > 0 ? (
    <tr className="spacer" style={{ height }}>
      <td style={{ height }} />
    </tr>
  ) : null

function Head({ columns, sort, onSort, selection, onSelectView, list }: SessionsTableProps) {
  const keys = sortKeysOf(sort)
  const size = selection.kind === 'all' ? selection.total : selection.rows.size
  const isAll = selection.kind === 'all' || (size > 0 && size >= (list.shown?.total ?? 0))
  const press =
    (column: Column) =>
    (event: MouseEvent | KeyboardEvent): void => {
      if (column.sort !== null) onSort(pressedSort(sort, column.sort, event.shiftKey))
    }
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col">
          <label className="hit">
            <input
              type="checkbox"
              className="checkbox"
              aria-label="Select all in view"
              checked={isAll}
              ref={(box) => {
                if (box) box.indeterminate = size > 0 && !isAll
              }}
              onChange={(event) => onSelectView(event.target.checked)}
            />
          </label>
        </th>
        {columns.map((column) => {
          const key = keys.find((each) => each.key === column.sort)
          const order = key === undefined ? undefined : key.isFalling ? 'descending' : 'ascending'
          return (
            <th
              key={column.id}
              scope="col"
              className={[column.isEnd && 'end', dropsAt(column.isLess)].filter(Boolean).join(' ')}
              aria-sort={order}
            >
              {column.sort === null ? (
                (column.head ?? column.label)
              ) : (
                <button type="button" className="sort" onClick={press(column)} title="Shift: sort by this as well">
                  {column.label}
                  {key && <Icon name={key.isFalling ? 'down' : 'up'} size="xs" />}
                </button>
              )}
            </th>
          )
        })}
        <th className="line-two" />
      </tr>
    </thead>
  )
}
