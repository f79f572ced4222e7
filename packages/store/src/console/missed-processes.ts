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
  const sessions = sessionsOf(silent, listed)
  /** Nobody of its role is heard, and it was heard last of them. */
  const isLast = ({ beat, asOf }: KnownProcess): boolean =>
    all.every((other) => other.beat.role !== beat.role || (!isHeard(other) && other.asOf <= asOf))
  return silent.flatMap((known) => {
    const { id, beat } = known
    const { held: sessionsHeld = 0, detached = 0 } = sessions.get(id) ?? {}
    const held = { sessions: sessionsHeld, partitions: 0, ...(detached > 0 && { detached }) }
    if (beat.role === 'server') held.partitions = allPartitions().filter((each) => look.owner(each).id === id).length
    return held.sessions > 0 || held.partitions > 0 || isLast(known) ? [{ id, ...held }] : []
  })
}

interface Lying {
  /** Connected to the gateway, or in the server's memory. */
  held: number
  /** The gateway's, until they lost it; they are nobody's now. */
  detached: number
}

/** Sessions in the list that lie at one of these, or lay there last. */
function sessionsOf(silent: readonly KnownProcess[], listed: Iterable<Shown>): ReadonlyMap<string, Lying> {
  const counts = new Map(silent.map(({ id }): [string, Lying] => [id, { held: 0, detached: 0 }]))
  const count = (id: string | null, as: keyof Lying): void => {
    const lying = id === null ? undefined : counts.get(id)
    if (lying) lying[as]++
  }
  for (const { row } of listed) {
    if (row.status === 'closed') continue
    count(row.gateway, row.status === 'connected' ? 'held' : 'detached')
    count(row.server, 'held')
  }
  return counts
}
