import type { Sid } from '@holdfast/store/contracts'
import { NOTHING, type Selection } from './selection.ts'

/** What of a selection the filter of the page lets through: only that is acted on. */
export interface InFilter {
  selection: Selection
  /** How many more are selected, and hidden by the filter. */
  hidden: number
  /** Of so many it is not known yet; they are left alone too. */
  unread: number
}

/** `isIn`: whether the filter lets it through; null where that is not known. */
export function inFilter(selection: Selection, isIn: (sid: Sid) => boolean | null): InFilter {
  if (selection.kind === 'all') return { selection, hidden: 0, unread: 0 }
  const told = [...selection.rows].map(([sid, row]) => ({ row, isIn: isIn(sid) }))
  const rows = new Map(told.filter((each) => each.isIn === true).map(({ row }) => [row.sid, row]))
  const hidden = told.filter((each) => each.isIn === false).length
  return { selection: { kind: 'some', rows }, hidden, unread: told.length - rows.size - hidden }
}

/** All that match are selected as long as the page has the filter that they match. */
export const ofFilter = (selection: Selection, filter: string): Selection =>
  selection.kind === 'all' && selection.filter !== filter ? NOTHING : selection

/** `1 more hidden by the filter, left alone`; null for none. */
export const hiddenText = (hidden: number): string | null =>
  hidden === 0 ? null : `${hidden} more hidden by the filter, left alone`
