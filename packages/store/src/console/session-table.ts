import type { DivergenceCause, Sid, State, Verdict } from '../contracts/index.ts'
import { ENDED_KEPT_MS } from './copies-table.ts'
import { type Differences, type Judged, judgeSession } from './judgement.ts'
import { closedOf } from './observe.ts'
import { isInRedis, isUntold, type SessionCopies } from './session-copies.ts'
import { keysOf, type RestingRow, type RowFacts, type SessionKeys } from './session-keys.ts'
import { isSameRow, rowOf } from './session-row.ts'
import type { SourceLook } from './source-look.ts'

/** A session that ended stays in the list for so long, so that one who looks sees it go. */
const ENDED_LISTED_MS = 10_000

/** A session as it is shown: judged at the last look that found something new of it. */
export interface Shown {
  readonly copies: SessionCopies
  readonly row: RestingRow
  readonly facts: RowFacts
  readonly keys: SessionKeys
  readonly cause: DivergenceCause | null
  readonly differences: Differences
  /** In the list; else only its detail is kept. */
  readonly isListed: boolean
}

export interface SessionTableOptions {
  get: (sid: Sid) => SessionCopies | undefined
  all: () => Iterable<SessionCopies>
  drop: (sid: Sid) => void
  /** A listed session's row is another, or it came into the list (`before` is null) or left it. */
  onRow: (sid: Sid, before: RestingRow | null) => void
  onJudged: (judged: Judged, shown: Shown, look: SourceLook) => void
  onDropped: (sid: Sid, look: SourceLook) => void
}

export interface SessionTable {
  /** Has to be judged anew. */
  touch(sid: Sid): void
  /** Everybody has to be: a source has fallen silent or has come back. */
  touchAll(): void
  /** Judges what was touched, while `mayGoOn`. True when nothing is left. */
  judgeTouched(look: SourceLook, mayGoOn: () => boolean): boolean
  /** The session as of this look, for an answer that shows it in full. */
  judgeNow(sid: Sid, look: SourceLook): { judged: Judged; shown: Shown } | null
  /** As of this look, judged only where it has to be; for a row among many. */
  asOf(shown: Shown, look: SourceLook): Shown
  get(sid: Sid): Shown | undefined
  /** All that are listed. */
  listed(): Iterable<Shown>
  readonly counts: Readonly<Record<State, number>>
  /** Touches what only time changes: differences that may come to stand, and sessions that ended. `wall`: epoch ms. */
  touchDue(wall: number): void
}

const NO_COUNTS: Readonly<Record<State, number>> = {
  'in-sync': 0,
  settling: 0,
  drifted: 0,
  missing: 0,
  ghost: 0,
  unknown: 0,
  ignored: 0,
}
const WRONG: ReadonlySet<State> = new Set(['drifted', 'missing', 'ghost'])

export const isWrong = (state: State): boolean => WRONG.has(state)

export function createSessionTable(options: SessionTableOptions): SessionTable {
  const { get, all, drop, onRow, onJudged, onDropped } = options
  const shown = new Map<Sid, Shown>()
  /** Of these the listed ones: every question looks at all of them. */
  const listed = new Map<Sid, Shown>()
  const touched = new Set<Sid>()
  /** When time alone may change a session, epoch ms: at once while it settles. */
  const dueAt = new Map<Sid, number>()
  const counts: Record<State, number> = { ...NO_COUNTS }

  const forget = (sid: Sid, look: SourceLook): void => {
    const before = shown.get(sid)
    shown.delete(sid)
    listed.delete(sid)
    dueAt.delete(sid)
    if (before?.isListed) {
      counts[before.row.state]--
      onRow(sid, before.row)
    }
    drop(sid)
    onDropped(sid, look)
  }

  const put = (copies: SessionCopies, judged: Judged, look: SourceLook): Shown => {
    const { sid } = copies
    const before = shown.get(sid)
    const { row, facts } = rowOf(copies, judged.readings, judged.verdict, look)
    const isSame = before !== undefined && isSameRow(before.row, row)
    const kept = isSame ? before.row : row
    const isListed = isInList(copies, judged.verdict, look)
    const made: Shown = {
      copies,
      row: kept,
      facts,
      keys: keysOf(kept, facts),
      cause: judged.verdict.cause,
      differences: judged.verdict.differences,
      isListed,
    }
    shown.set(sid, made)
    if (isListed) listed.set(sid, made)
    else listed.delete(sid)
    if (before?.isListed) counts[before.row.state]--
    if (isListed) counts[row.state]++
    const due = dueOf(copies, judged.verdict, look)
    if (due === null) dueAt.delete(sid)
    else dueAt.set(sid, due)
    const hasMoved = facts.signalAt !== before?.facts.signalAt
    if (isListed && (!isSame || hasMoved || !before.isListed)) onRow(sid, before?.isListed ? before.row : null)
    if (!isListed && before?.isListed) onRow(sid, before.row)
    return made
  }

  const judge = (copies: SessionCopies, look: SourceLook): { judged: Judged; shown: Shown } => {
    const judged = judgeSession(copies, look, shown.get(copies.sid)?.differences)
    const made = put(copies, judged, look)
    onJudged(judged, made, look)
    return { judged, shown: made }
  }

  const judgeKnown = (sid: Sid, look: SourceLook): { judged: Judged; shown: Shown } | null => {
    const copies = get(sid)
    if (copies && !isOver(copies, look)) return judge(copies, look)
    forget(sid, look)
    return null
  }

  return {
    touch: (sid) => void touched.add(sid),
    touchAll() {
      for (const { sid } of all()) touched.add(sid)
    },
    judgeTouched(look, mayGoOn) {
      for (const sid of touched) {
        if (!mayGoOn()) return false
        touched.delete(sid)
        judgeKnown(sid, look)
      }
      return true
    },
    judgeNow(sid, look) {
      touched.delete(sid)
      return judgeKnown(sid, look)
    },
    asOf(known, look) {
      const { sid } = known.copies
      if (!touched.delete(sid)) return known
      return judgeKnown(sid, look)?.shown ?? known
    },
    get: (sid) => shown.get(sid),
    listed: () => listed.values(),
    get counts() {
      return counts
    },
    touchDue(wall) {
      for (const [sid, due] of dueAt) if (wall >= due) touched.add(sid)
    },
  }
}

function dueOf({ ended }: SessionCopies, { state }: Verdict, { moment }: SourceLook): number | null {
  if (state === 'settling') return 0
  if (!ended) return null
  const listedUntil = ended.at + ENDED_LISTED_MS
  return moment.wall < listedUntil ? listedUntil : ended.at + ENDED_KEPT_MS
}

/** Nothing is left of it, or its end has been shown for long enough. */
function isOver(copies: SessionCopies, { moment }: SourceLook): boolean {
  if (copies.server || copies.gateway || isInRedis(copies)) return false
  return !copies.ended || moment.wall - copies.ended.at >= ENDED_KEPT_MS
}

function isInList(copies: SessionCopies, { state }: Verdict, look: SourceLook): boolean {
  // A row of it would be made up.
  if (isUntold(copies)) return false
  const closed = closedOf(copies, look)
  return !closed || look.moment.wall - closed.at < ENDED_LISTED_MS || isWrong(state)
}
