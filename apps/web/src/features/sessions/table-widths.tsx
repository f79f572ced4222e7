import type { CSSProperties } from 'react'
import { type Column, dropsAt } from './columns.tsx'

/** Of the boxes, px. */
export const SELECT_WIDTH = 48
/** What the column that takes what is left has at least, px. */
const REST_MIN = 72
/** Of the list that is not pinned, at least so much has to be seen; else nothing is pinned. px */
const SCROLLED_MIN = 200

export interface TableWidths {
  /** Of each column, px; null: what is left. */
  widths: readonly (number | null)[]
  /** How many columns stay at the left. */
  pinned: number
  /** No column takes what is left: an empty one does. */
  hasFiller: boolean
  /** What the style sheet places and bounds the table by. */
  style: CSSProperties
}

/** `asked`: how many columns are to be pinned; none are where that would leave no room for the others in `boxWidth`, px. */
export function tableWidths(
  columns: readonly Column[],
  widths: readonly (number | null)[],
  asked: number,
  boxWidth: number,
): TableWidths {
  const sum = (isThere: (column: Column) => boolean): number =>
    columns.reduce((all, column, at) => all + (isThere(column) ? (widths[at] ?? REST_MIN) : 0), SELECT_WIDTH)
  const lefts = leftsOf(widths.slice(0, asked))
  const hasRoom = (lefts.at(-1) ?? 0) + SCROLLED_MIN <= boxWidth
  const pinned = hasRoom ? asked : 0
  const places = lefts.slice(0, pinned).map((left, at) => [`--left-${at}`, `${left}px`])
  return {
    // A pinned column has to have a width of its own: what is left is behind it.
    widths: widths.map((width, at) => (at < pinned ? (width ?? REST_MIN) : width)),
    pinned,
    hasFiller: !widths.some((width, at) => width === null && at >= pinned),
    style: {
      ...Object.fromEntries(places),
      '--least': `${sum(() => true)}px`,
      '--least-first': `${sum(({ isLess }) => isLess !== 'first')}px`,
      '--least-less': `${sum(({ isLess }) => !isLess)}px`,
    },
  }
}

/** Where each begins, and where the last ends, px. */
function leftsOf(widths: readonly (number | null)[]): readonly number[] {
  const lefts = [SELECT_WIDTH]
  let end = SELECT_WIDTH
  for (const width of widths) {
    end += width ?? REST_MIN
    lefts.push(end)
  }
  return lefts
}

/** Where a pinned cell stays; undefined for one that is not. */
export const pinStyle = (at: number, pinned: number): CSSProperties | undefined =>
  at < pinned ? { insetInlineStart: `var(--left-${at})` } : undefined

/** Marks a pinned cell, and the last of them. */
export const pinMark = (at: number, pinned: number): 'on' | 'last' | undefined =>
  at >= pinned ? undefined : at === pinned - 1 ? 'last' : 'on'

export function Widths({ columns, widths }: { columns: readonly Column[]; widths: readonly (number | null)[] }) {
  return (
    <colgroup>
      <col style={{ width: SELECT_WIDTH }} />
      {columns.map(({ id, isLess }, at) => (
        <col key={id} className={dropsAt(isLess)} style={{ width: widths[at] ?? undefined }} />
      ))}
    </colgroup>
  )
}
