import { isDeepStrictEqual } from 'node:util'
import { type Partition, SERVER_FIELDS, type ServerFields, type SessionRecord, type Sid } from '../contracts/index.ts'
import type { StoredPartition } from '../redis/partition-loader.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import { markAllDirty, type OwnedPartition, replaceSessions } from './owned-partition.ts'

/** What a new owner takes from `holdfast.state` where the store has lost it or never had it. Copies, never shared records. */

/**
 * What the store holds, but for server fields that a hand has changed there: a revision is one content, so where the owner
 * before has published a session at the revision that is stored, its word counts. The difference stays, and is told; no
 * takeover makes a hand's value the truth. Only of an owner whose position was read, and with it all that it had to correct
 * when it took over: of another one, the same revision may be another content.
 */
export function* asPublished(
  stored: StoredPartition,
  replica: StateReplica,
  { partition, previousEpoch }: { partition: Partition; previousEpoch: number | null },
): Iterable<SessionRecord> {
  const isRead = previousEpoch !== null && replica.position(partition)?.epoch === previousEpoch
  for (const record of stored.sessions.values()) {
    const published = isRead ? replica.get(record.sid) : undefined
    const isEdited =
      published?.serverRevision === record.serverRevision &&
      SERVER_FIELDS.some((field) => !isDeepStrictEqual(record[field], published[field]))
    yield isEdited ? { ...record, ...structuredClone(serverFieldsOf(published)) } : record
  }
}

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
    owned.sessions.put({ ...structuredClone(stored ?? record), ...structuredClone(serverFieldsOf(record)) }, false)
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

const serverFieldsOf = (record: SessionRecord): Partial<ServerFields> =>
  Object.fromEntries(SERVER_FIELDS.map((field) => [field, record[field]]))
