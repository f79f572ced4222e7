import type { LivePatch, RowTurn, SessionRow, Sessions, Sid } from '@holdfast/store/contracts'

/** How many rows one question is answered with: those of a usual window, and what is drawn beyond it. */
export const WINDOW_ROWS = 50

/** A row, as it was last told. */
export interface KnownRow {
  row: SessionRow
  /** The console's time at which `idleMs` was counted, epoch ms. */
  at: number
  /** The revision it was told in. */
  rev: number
  /** What of it is other than before; with `changes` counted up, so that a second change shows as well. */
  changed: ReadonlySet<keyof SessionRow>
  changes: number
  /** The console lists it no more. */
  isGone: boolean
}

/** Which sessions stand where, as far as it was asked for. */
export interface Order {
  sids: ReadonlyMap<number, Sid>
  /** All that match. */
  total: number
  asOf: string
  rev: number
}

export interface SessionList {
  /** The filter and sort that `shown` answers. */
  question: string
  rows: ReadonlyMap<Sid, KnownRow>
  /** What is on the screen: it changes by the wizard's will while changes are held. */
  shown: Order | null
  /** What the console says now. */
  latest: Order | null
}

export const EMPTY_LIST: SessionList = { question: '', rows: new Map(), shown: null, latest: null }

const NO_CHANGE: ReadonlySet<keyof SessionRow> = new Set()
/** Beyond these nobody sees them; what is asked for again comes back. */
const ROWS_MAX = 3_000

/**
 * Takes a window's answer. Values change in place at once; membership and order only in `latest` while `isHeld`, save for what has
 * not been on the screen yet. The answer to another question replaces everything. An answer older than what is known is passed over;
 * a lower revision in a later answer is of another run of the console, which counts from the beginning.
 */
export function takePage(list: SessionList, question: string, page: Sessions, isHeld: boolean): SessionList {
  const isOther = question !== list.question
  const isOtherRun = list.latest !== null && page.rev < list.latest.rev && page.asOf > list.latest.asOf
  const before: SessionList = isOther ? { ...EMPTY_LIST, question } : isOtherRun ? forgetRevisions(list) : list
  if (before.latest && page.rev < before.latest.rev) return list
  const rows = new Map(before.rows)
  for (const row of page.items) rows.set(row.sid, told(rows.get(row.sid), row, Date.parse(page.asOf), page.rev))
  const latest = merged(before.latest, page)
  const shown = before.shown && isHeld ? filledIn(before.shown, page) : latest
  return { question, rows: trimmed(rows, latest, shown), latest, shown }
}

/**
 * Takes a patch: only rows that are known change; which others there are, a question tells. The list itself where it has none of
 * them, as most patches of a long list do: then nothing is drawn.
 */
export function takePatch(list: SessionList, patch: LivePatch, at: number): SessionList {
  const next: [Sid, KnownRow][] = []
  for (const row of patch.up) {
    const known = list.rows.get(row.sid)
    if (known && known.rev < patch.to) next.push([row.sid, told(known, row, at, patch.to)])
  }
  for (const turn of patch.turns) {
    const known = list.rows.get(turn.sid)
    if (known && known.rev < patch.to && follows(known, turn))
      next.push([turn.sid, told(known, rowTurned(known.row, turn), at, patch.to)])
  }
  for (const sid of patch.rm) {
    const known = list.rows.get(sid)
    if (known) next.push([sid, { ...known, isGone: true, rev: patch.to }])
  }
  return next.length === 0 ? list : { ...list, rows: new Map([...list.rows, ...next]) }
}

/** Whether a turn goes on from the row as it is known; else what came between was missed. */
const follows = ({ row }: KnownRow, { was, version }: RowTurn): boolean =>
  row.version === was || row.version === version

function rowTurned(row: SessionRow, { was: _, ...turn }: RowTurn): SessionRow {
  return { ...row, ...turn }
}

/** A turn of a row that is known otherwise: the row has to be asked for. */
export const hasMissed = ({ rows }: SessionList, { turns, to }: LivePatch): boolean =>
  turns.some((turn) => {
    const known = rows.get(turn.sid)
    return known !== undefined && known.rev < to && !follows(known, turn)
  })

/** Shows what the console says now. */
export const applyLatest = (list: SessionList): SessionList => ({ ...list, shown: list.latest })

/** The console was started anew, or something was missed: what it says next counts, whatever its revision. */
export function forgetRevisions(list: SessionList): SessionList {
  const rows = new Map([...list.rows].map(([sid, known]) => [sid, { ...known, rev: -1 }]))
  return { ...list, rows, latest: list.latest && { ...list.latest, rev: -1 } }
}

/** A session that was not there when the list was asked for: the list is another one now. */
export const hasNew = ({ latest, rows }: SessionList, patch: LivePatch): boolean => {
  const asOf = latest === null ? 0 : Date.parse(latest.asOf)
  return patch.up.some(({ sid, connectedAt }) => !rows.has(sid) && Date.parse(connectedAt) >= asOf)
}

export interface Held {
  added: number
  left: number
  isReordered: boolean
}

/** What is held back; null for nothing. Sessions are counted by the totals, for those beyond the windows nobody has named. */
export function heldOf({ shown, latest, rows }: SessionList): Held | null {
  if (!shown || !latest || shown === latest) return null
  const gone = [...shown.sids.values()].filter((sid) => rows.get(sid)?.isGone).length
  const net = latest.total - shown.total + gone
  const left = gone + Math.max(0, -net)
  const added = Math.max(0, net)
  let isReordered = false
  for (const [index, sid] of latest.sids) {
    const before = shown.sids.get(index)
    if (before !== undefined && before !== sid) isReordered = true
  }
  return added > 0 || left > 0 || isReordered ? { added, left, isReordered } : null
}

/** `3 new, 1 left, order changed`. */
export function heldText({ added, left, isReordered }: Held): string {
  const parts = [added > 0 ? `${added} new` : '', left > 0 ? `${left} left` : '', isReordered ? 'order changed' : '']
  return parts.filter((part) => part !== '').join(', ')
}

function told(known: KnownRow | undefined, row: SessionRow, at: number, rev: number): KnownRow {
  if (!known) return { row, at, rev, changed: NO_CHANGE, changes: 0, isGone: false }
  if (rev < known.rev) return known
  const changed = changesOf(known.row, row)
  if (changed.size === 0) return { ...known, row, at, rev, isGone: false }
  return { row, at, rev, changed, changes: known.changes + 1, isGone: false }
}

/** What a list shows of a row; its version and idle time change with every line that somebody types. */
const TINTED = [
  'state',
  'odd',
  'missingIn',
  'status',
  'player',
  'gateway',
  'server',
  'host',
  'client',
  'pending',
  'drifted',
] as const

/** The clocks of two answers may differ by so much in when a player was last heard. */
const SIGNAL_PLAY_MS = 500

/** Whether a row looks the same as it was told before: for who draws it. */
export function isShownSame(a: KnownRow, b: KnownRow): boolean {
  if (a === b) return true
  const signalMoved = Math.abs(a.at - a.row.idleMs - (b.at - b.row.idleMs))
  return (
    a.row.sid === b.row.sid &&
    a.row.version === b.row.version &&
    a.changes === b.changes &&
    a.isGone === b.isGone &&
    // The answer to another question counts changes from the beginning.
    changesOf(a.row, b.row).size === 0 &&
    signalMoved <= SIGNAL_PLAY_MS
  )
}

function changesOf(before: SessionRow, after: SessionRow): ReadonlySet<keyof SessionRow> {
  const changed = TINTED.filter((name) => !isSameValue(before[name], after[name]))
  return changed.length === 0 ? NO_CHANGE : new Set(changed)
}

const isSameValue = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))

function merged(before: Order | null, { items, offset, limit, total, asOf, rev }: Sessions): Order {
  const sids = new Map<number, Sid>()
  const paged = new Set(items.map(({ sid }) => sid))
  for (const [index, sid] of before?.sids ?? []) {
    // Another window may have been asked for before it moved here: no session stands in two places.
    const isInPage = (index >= offset && index < offset + limit) || paged.has(sid)
    if (!isInPage && index < total) sids.set(index, sid)
  }
  for (const [index, { sid }] of items.entries()) sids.set(offset + index, sid)
  return { sids, total, asOf, rev }
}

/** What has not been on the screen may come to it at once: nobody's hand is over it. */
function filledIn(shown: Order, { items, offset }: Sessions): Order {
  const there = new Set(shown.sids.values())
  const sids = new Map(shown.sids)
  for (const [index, { sid }] of items.entries()) {
    const place = offset + index
    if (!sids.has(place) && !there.has(sid) && place < shown.total) sids.set(place, sid)
  }
  return sids.size === shown.sids.size ? shown : { ...shown, sids }
}

function trimmed(rows: Map<Sid, KnownRow>, ...orders: Order[]): ReadonlyMap<Sid, KnownRow> {
  if (rows.size <= ROWS_MAX) return rows
  const used = new Set(orders.flatMap(({ sids }) => [...sids.values()]))
  for (const sid of rows.keys()) if (!used.has(sid)) rows.delete(sid)
  return rows
}
