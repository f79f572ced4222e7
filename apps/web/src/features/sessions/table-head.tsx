'use client'

import { type DragEvent, type PointerEvent, useState } from 'react'
import { Icon } from '#ui/icon.tsx'
import { type ColumnLayout, WIDTH_MAX, WIDTH_MIN, withPlaceBeside, withWidth } from './column-layout.ts'
import { type Column, dropsAt } from './columns.tsx'
import { pressedSort, sortKeysOf } from './sort-text.ts'
import { pinMark, pinStyle } from './table-widths.tsx'

export interface TableHeadProps {
  columns: readonly Column[]
  layout: ColumnLayout
  onLayout: (next: ColumnLayout) => void
  /** Told while a column is drawn wider or narrower; null when that is over. */
  onDraft: (draft: { id: string; width: number } | null) => void
  pinned: number
  hasFiller: boolean
  sort: string
  onSort: (sort: string) => void
  /** Whether all in view are selected; `mixed`: some are. */
  selected: boolean | 'mixed'
  onSelectView: (isOn: boolean) => void
}

/** The heads: a press sorts, a drag moves a column, a drag of the edge makes it wider. All of it is in the menu of columns too. */
export function TableHead(props: TableHeadProps) {
  const { columns, layout, onLayout, onDraft, pinned, hasFiller, sort, onSort, selected, onSelectView } = props
  const moving = useMoving(layout, onLayout)
  const keys = sortKeysOf(sort)
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" className="cell-select" data-pin={pinned > 0 ? 'on' : undefined}>
          <label className="hit">
            <input
              type="checkbox"
              className="checkbox"
              aria-label="Select all in view"
              checked={selected === true}
              ref={(box) => {
                if (box) box.indeterminate = selected === 'mixed'
              }}
              onChange={(event) => onSelectView(event.target.checked)}
            />
          </label>
        </th>
        {columns.map((column, at) => {
          const key = keys.find((each) => each.key === column.sort)
          const order = key === undefined ? undefined : key.isFalling ? 'descending' : 'ascending'
          return (
            <th
              key={column.id}
              scope="col"
              className={[column.isEnd && 'end', dropsAt(column.isLess)].filter(Boolean).join(' ')}
              data-column={column.id}
              aria-sort={order}
              data-pin={pinMark(at, pinned)}
              style={pinStyle(at, pinned)}
              {...moving(column.id)}
            >
              {column.sort === null ? (
                (column.head ?? column.label)
              ) : (
                <button
                  type="button"
                  className="sort"
                  onClick={(event) => onSort(pressedSort(sort, column.sort ?? '', event.shiftKey))}
                  title="Shift: sort by this as well"
                >
                  {column.label}
                  {key && <Icon name={key.isFalling ? 'down' : 'up'} size="xs" />}
                </button>
              )}
              <Edge
                onDraft={(width) => onDraft(width === null ? null : { id: column.id, width })}
                onWidth={(width) => onLayout(withWidth(layout, column.id, width))}
              />
            </th>
          )
        })}
        {hasFiller && <td className="filler" />}
        <th className="line-two" />
      </tr>
    </thead>
  )
}

interface EdgeProps {
  onDraft: (width: number | null) => void
  /** Null: as wide as the product has it. */
  onWidth: (width: number | null) => void
}

const clamped = (width: number): number => Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, Math.round(width)))

/** The right edge of a head, for a pointer only: the menu of columns has buttons that do the same. */
function Edge({ onDraft, onWidth }: EdgeProps) {
  const [from, setFrom] = useState<{ x: number; width: number } | null>(null)
  const widthAt = (clientX: number): number | null =>
    from === null || clientX === from.x ? null : clamped(from.width + clientX - from.x)
  const begin = (event: PointerEvent<HTMLElement>): void => {
    const head = event.currentTarget.parentElement
    if (event.button !== 0 || !head) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setFrom({ x: event.clientX, width: head.getBoundingClientRect().width })
  }
  const end = (width: number | null): void => {
    if (from === null) return
    setFrom(null)
    onDraft(null)
    if (width !== null) onWidth(width)
  }
  return (
    <span
      className="edge"
      aria-hidden="true"
      data-on={from !== null || undefined}
      // Dragged by itself, it does not drag the column.
      draggable
      onDragStart={(event) => {
        event.preventDefault()
        event.stopPropagation()
      }}
      onPointerDown={begin}
      onPointerMove={(event) => from !== null && onDraft(widthAt(event.clientX))}
      onPointerUp={(event) => end(widthAt(event.clientX))}
      onPointerCancel={() => end(null)}
      onDoubleClick={() => onWidth(null)}
    />
  )
}

/** What is dragged; a type of its own, so that nothing else that is dropped on a head does anything. */
const DRAGGED = 'application/x-holdfast-column'

/** The drag of a head onto another one. */
function useMoving(layout: ColumnLayout, onLayout: (next: ColumnLayout) => void) {
  const [over, setOver] = useState<{ id: string; side: 'before' | 'after' } | null>(null)
  const sideOf = ({ currentTarget, clientX }: DragEvent<HTMLElement>): 'before' | 'after' => {
    const { left, width } = currentTarget.getBoundingClientRect()
    return clientX < left + width / 2 ? 'before' : 'after'
  }
  return (id: string) => ({
    draggable: true,
    'data-drop': over?.id === id ? over.side : undefined,
    onDragStart(event: DragEvent<HTMLElement>) {
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData(DRAGGED, id)
    },
    onDragOver(event: DragEvent<HTMLElement>) {
      if (!event.dataTransfer.types.includes(DRAGGED)) return
      event.preventDefault()
      const side = sideOf(event)
      if (over?.id !== id || over.side !== side) setOver({ id, side })
    },
    onDragLeave: () => setOver((before) => (before?.id === id ? null : before)),
    onDragEnd: () => setOver(null),
    onDrop(event: DragEvent<HTMLElement>) {
      const dragged = event.dataTransfer.getData(DRAGGED)
      setOver(null)
      if (dragged === '') return
      event.preventDefault()
      onLayout(withPlaceBeside(layout, dragged, id, sideOf(event)))
    },
  })
}
