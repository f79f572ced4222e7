import type { SessionRow, Sid } from '@holdfast/store/contracts'

/** What commands are for: sessions by name, or all that a filter means when the command is taken. */
export type Selection =
  | { kind: 'some'; rows: ReadonlyMap<Sid, SessionRow> }
  | { kind: 'all'; filter: string; total: number; asOf: string }

export const NOTHING: Selection = { kind: 'some', rows: new Map() }

export const isSelected = (selection: Selection, sid: Sid): boolean =>
  selection.kind === 'all' || selection.rows.has(sid)

export const countOf = (selection: Selection): number =>
  selection.kind === 'all' ? selection.total : selection.rows.size

/** The row in, or out. Out of all that match: of those that are seen, all but this one. */
export function toggled(selection: Selection, row: SessionRow, seen: readonly SessionRow[]): Selection {
  const rows = new Map(selection.kind === 'all' ? seen.map((each) => [each.sid, each]) : selection.rows)
  if (!rows.delete(row.sid)) rows.set(row.sid, row)
  return { kind: 'some', rows }
}

/** All of these too. */
export function withRows(selection: Selection, more: readonly SessionRow[]): Selection {
  const rows = new Map(selection.kind === 'all' ? [] : selection.rows)
  for (const row of more) rows.set(row.sid, row)
  return { kind: 'some', rows }
}

/** How it is said: `3 selected, 1 no longer connected`; of all that match with the filter and the time. */
export function goneOf(selection: Selection, isGone: (sid: Sid) => boolean): number {
  return selection.kind === 'all' ? 0 : [...selection.rows.keys()].filter(isGone).length
}
