import type { MissedProcess } from '../contracts/index.ts'
import type { KnownProcess } from './process-table.ts'
import type { Shown } from './session-table.ts'
import { allPartitions, isRead, type SourceLook } from './source-look.ts'

/**
 * Whose silence somebody has to know of, with what it held. A process that died stays known for minutes; once others have its
 * sessions and partitions, and one of its role is heard, nothing is unknown or refused because of it.
 */
export function missedProcesses(
  processes: Iterable<KnownProcess>,
  listed: Iterable<Shown>,
  look: SourceLook,
): MissedProcess[] {
  const all = [...processes]
  const isHeard = ({ id, hasLeft }: KnownProcess): boolean => !hasLeft && isRead(look.process(id))
  const silent = all.filter((known) => !known.hasLeft && !isHeard(known))
  if (silent.length === 0) return []
  const sessions = sessionsOf(new Set(silent.map(({ id }) => id)), listed)
  /** Nobody of its role is heard, and it was heard last of them. */
  const isLast = ({ beat, asOf }: KnownProcess): boolean =>
    all.every((other) => other.beat.role !== beat.role || (!isHeard(other) && other.asOf <= asOf))
  return silent.flatMap((known) => {
    const { id, beat } = known
    const held = { sessions: sessions.get(id) ?? 0, partitions: 0 }
    if (beat.role === 'server') held.partitions = allPartitions().filter((each) => look.owner(each).id === id).length
    return held.sessions > 0 || held.partitions > 0 || isLast(known) ? [{ id, ...held }] : []
  })
}

/** Sessions in the list that lie at one of these: connected to the gateway, or in the server's memory. */
function sessionsOf(ids: ReadonlySet<string>, listed: Iterable<Shown>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const count = (id: string | null): void => {
    if (id !== null && ids.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  for (const { row } of listed) {
    if (row.status === 'connected') count(row.gateway)
    if (row.status !== 'closed') count(row.server)
  }
  return counts
}
