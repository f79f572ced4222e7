import { digestOf, isDetached, type SessionRecord, type Sid } from '../contracts/index.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'

/** How a gateway's word of its connections in a partition differs from the owner's memory, at one place of the log. */
export interface Differences {
  /** Attached there as far as memory knows, and not held: their end was lost. */
  lost: SessionRecord[]
  /** Held, and neither known here nor ended. */
  unknown: Sid[]
  /** Held, and known as another connection than the gateway's: some word of it was lost, or a hand has changed the record. */
  estranged: Sid[]
  /** Held, though the session has ended, was given up, or was attached anew elsewhere. */
  over: Sid[]
}

/** The sessions that memory takes for held by a gateway. */
export function* attachedTo(gateway: string, { sessions }: Pick<OwnedPartition, 'sessions'>): Iterable<SessionRecord> {
  for (const session of sessions.values()) {
    // Revision 0: in Redis before the log has told of it.
    if (session.gateway === gateway && session.serverRevision > 0 && !isDetached(session)) yield session
  }
}

/** The digest that the gateway would send if it held just what memory takes for held by it. */
export function digestAt(gateway: string, owned: Pick<OwnedPartition, 'sessions'>) {
  return digestOf(pairsOf(attachedTo(gateway, owned)))
}

function* pairsOf(sessions: Iterable<SessionRecord>): Iterable<readonly [Sid, number]> {
  for (const { sid, connectionEpoch } of sessions) yield [sid, connectionEpoch]
}

/**
 * Compares. `had`: the sessions (and their connectionEpochs) that memory took for held by the gateway when it was asked. Only
 * one of those can be lost: its beginning lies in the log before the question, and so before the answer, whereas memory may
 * already hold others that the gateway had not when it answered. Null: nobody here has asked, so none is.
 */
export function compareHeld(
  gateway: string,
  held: readonly (readonly [Sid, number])[],
  owned: Pick<OwnedPartition, 'sessions' | 'dead'>,
  had: ReadonlyMap<Sid, number> | null,
): Differences {
  const differences: Differences = { lost: [], unknown: [], estranged: [], over: [] }
  for (const [sid, connectionEpoch] of held) {
    const kind = kindOf(gateway, owned.sessions.get(sid), connectionEpoch, owned.dead.has(sid))
    if (kind !== null) differences[kind].push(sid)
  }
  const all = new Set(held.map(([sid]) => sid))
  for (const session of attachedTo(gateway, owned)) {
    if (!all.has(session.sid) && had?.get(session.sid) === session.connectionEpoch) differences.lost.push(session)
  }
  return differences
}

/** What is wrong with a connection that the gateway holds; null for nothing. */
function kindOf(
  gateway: string,
  session: SessionRecord | undefined,
  connectionEpoch: number,
  isDead: boolean,
): 'unknown' | 'estranged' | 'over' | null {
  if (isDead) return 'over'
  if (!session || session.serverRevision === 0) return 'unknown'
  if (session.connectionEpoch > connectionEpoch) return 'over'
  if (session.connectionEpoch < connectionEpoch) return 'estranged'
  if (isDetached(session)) return 'over'
  return session.gateway === gateway && session.status === 'connected' ? null : 'estranged'
}
