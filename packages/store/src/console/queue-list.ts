import type { QueueEntry, Queues } from '../contracts/index.ts'
import { isoOrNull } from './iso.ts'
import { readingsOf, type SideWrite } from './observe.ts'
import type { KnownProcess } from './process-table.ts'
import type { SessionCopies } from './session-copies.ts'
import { pendingEntry } from './session-fields.ts'
import { allPartitions, isRead, type SourceLook } from './source-look.ts'

/** Listed, the dead letters first and then the oldest; the figures of the processes count all. */
export const ENTRIES_MAX = 5_000

/**
 * The figures of each process's write-behind, as it told last: they come through Kafka, so that Redis's outage hides none. Of
 * one that is silent too, until nothing of it waits any more because others go on with its work.
 */
export function queueFigures(processes: Iterable<KnownProcess>, look: SourceLook): Queues['processes'] {
  return [...processes]
    .filter((each) => hasQueue(each, look))
    .map(({ id, beat: { queue } }) => {
      const { pending, retrying, dead, oldestMs, breaker, nextProbeAt, inPerS, outPerS, writeMs, ofBound } = queue
      const counts = { pending, retrying, dead, oldestMs, inPerS, outPerS, writeMs, ofBound }
      return { id, ...counts, breaker, nextProbeAt: isoOrNull(nextProbeAt) }
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** What waits at all processes together. */
export function queueSums(
  processes: Iterable<KnownProcess>,
  look: SourceLook,
): { pending: number; retrying: number; dead: number } {
  const sums = { pending: 0, retrying: 0, dead: 0 }
  for (const process of processes) {
    if (!hasQueue(process, look)) continue
    const { beat } = process
    sums.pending += beat.queue.pending
    sums.retrying += beat.queue.retrying
    sums.dead += beat.queue.dead
  }
  return sums
}

/** Whether what it told can still wait. A dead gateway's sessions are written by their owner, a dead server's by the next. */
function hasQueue({ id, hasLeft, beat }: KnownProcess, look: SourceLook): boolean {
  if (hasLeft) return false
  const isDead = look.kafka.status === 'fresh' && !isRead(look.process(id))
  return !isDead || (beat.role === 'server' && allPartitions().some((partition) => look.owner(partition).id === id))
}

/** Sessions with fields that wait in a process's memory for Redis. */
export function queueEntries(sessions: Iterable<SessionCopies>, look: SourceLook): QueueEntry[] {
  const found: { session: SessionCopies; write: SideWrite }[] = []
  for (const session of sessions) {
    if (!session.server?.pending && !session.gateway?.pending) continue
    for (const write of readingsOf(session, look).writes) found.push({ session, write })
  }
  found.sort((a, b) => rank(a.write) - rank(b.write) || a.write.write.since - b.write.write.since)
  return found.slice(0, ENTRIES_MAX).map(({ session: { sid }, write }) => ({
    ...pendingEntry(sid, write),
    kind: kindOf(write),
    sid,
    process: write.process,
    fields: [...write.write.fields],
  }))
}

const KINDS: readonly QueueEntry['kind'][] = ['dead', 'retrying', 'pending']

function kindOf({ write }: SideWrite): QueueEntry['kind'] {
  if (write.isDead) return 'dead'
  return write.attempts > 0 ? 'retrying' : 'pending'
}

const rank = (write: SideWrite): number => KINDS.indexOf(kindOf(write))
