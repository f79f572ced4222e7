import { SERVER_FIELDS, type SessionRecord, type Sid } from '../contracts/index.ts'
import type { StoredPartition } from '../redis/partition-loader.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import { markAllDirty, type OwnedPartition, replaceSessions } from './owned-partition.ts'

/** What a new owner takes from `holdfast.state` where the store has lost it or never had it. Copies, never shared records. */

/** Records that a hand has broken: the copies that were published last take their place. */
export function mend(owned: OwnedPartition, replica: StateReplica, unreadable: StoredPartition['unreadable']): void {
  const published = unreadable.map(({ sid }) => replica.get(sid)).filter((record) => record !== undefined)
  replaceSessions(owned, structuredClone(published), false)
}

/**
 * The store holds nothing, or only what is older than the log: the last published copies, and the log from the position
 * that was published with them. What the store still has beside them has ended since; but for what only its gateway has
 * written: that is announced in the log. False where nothing was published.
 */
export function rebuild(owned: OwnedPartition, replica: StateReplica, stored: StoredPartition, now: number): boolean {
  const position = replica.position(owned.partition)
  if (!position) return false
  replaceSessions(owned, structuredClone(replica.ofPartition(owned.partition)), false)
  owned.dead = new Map([...stored.dead, ...replica.endedOf(owned.partition)])
  for (const record of stored.sessions.values()) {
    if (owned.sessions.get(record.sid) || owned.dead.has(record.sid)) continue
    if (record.serverRevision === 0) owned.sessions.put(record, true)
    else owned.dead.set(record.sid, now)
  }
  owned.next = position.offset
  markAllDirty(owned)
  return true
}

/**
 * What the owner before could not store: the place of replay has passed it, so only the published copies have it. They
 * are written again, whole.
 */
export function takeDeadLetters(owned: OwnedPartition, replica: StateReplica): void {
  for (const record of replica.deadLettersOf(owned.partition)) {
    const { sid } = record
    const stored = owned.sessions.get(sid)
    if (owned.dead.has(sid) || (stored && stored.serverRevision >= record.serverRevision)) continue
    const serverFields = structuredClone(Object.fromEntries(SERVER_FIELDS.map((field) => [field, record[field]])))
    owned.sessions.put({ ...structuredClone(stored ?? record), ...serverFields }, false)
  }
}

/**
 * A session that memory does not know, that somebody published and that has not ended. A record of the log that speaks of
 * it, or the end of the replay, proves that the store has lost it: a session is established before anything else is said
 * of it, so it was before the place where the replay began. Undefined for all others.
 */
export function lostSession(owned: OwnedPartition, replica: StateReplica, sid: Sid): SessionRecord | undefined {
  const published = replica.get(sid)
  if (!published || owned.sessions.get(sid) || owned.dead.has(sid)) return undefined
  owned.sessions.put(structuredClone(published), false)
  return owned.sessions.get(sid)
}
