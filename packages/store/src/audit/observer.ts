import type { Clock } from '@holdfast/runtime'
import {
  type Copy,
  type CopyReading,
  classify,
  type Difference,
  gatewayReading,
  pendingWrites,
  redisReading,
  type SessionRecord,
  type Sid,
  serverReading,
  type Verdict,
} from '../contracts/index.ts'
import { type OwnedPartition, waitingOf } from '../partition/owned-partition.ts'
import type { RedisCopy, RedisReader } from '../redis/redis-copies.ts'
import type { GatewayCopy, StateReplica } from '../replica/state-replica.ts'
import type { GhostEvidence } from './ghost-evidence.ts'
import { isPlainlyEqual } from './plainly-equal.ts'
import type { Trust } from './trust.ts'

/** A session whose copies are compared once more. */
export interface Subject {
  sid: Sid
  /** Differences of the look before. */
  before: ReadonlyMap<string, Difference>
  /** When it was looked at first, monotonic ms. */
  since: number
}

/** What one look at a session saw. */
export interface Look {
  sid: Sid
  verdict: Verdict
  copies: Readonly<Record<Copy, CopyReading>>
  /** Memory's own; null for a session that it does not know. */
  record: SessionRecord | null
}

export type Looks = { kind: 'seen'; looks: readonly Look[] } | { kind: 'doubt'; why: string }

export interface Observer {
  /**
   * Reads sessions of one partition in Redis and compares their copies. `doubt`: nothing can be said of the partition now.
   * Rejects when Redis does not answer.
   */
  look(owned: OwnedPartition, subjects: readonly Subject[]): Promise<Looks>
  /** The same for a sweep: sessions whose copies are plainly equal are not among the looks. */
  sweep(owned: OwnedPartition, sids: readonly Sid[]): Promise<Looks>
}

export interface ObserverOptions {
  clock: Clock
  redis: Pick<RedisReader, 'sessions'>
  replica: Pick<StateReplica, 'connectionOf'>
  trust: Pick<Trust, 'doubt' | 'isHeard'>
  evidence: Pick<GhostEvidence, 'isConclusive'>
}

const NO_DIFFERENCES: ReadonlyMap<string, Difference> = new Map()

/**
 * Looks at the three copies of sessions: Redis first, with the fence beside it, then memory and what it has pending, in one
 * step. So Redis's copy may be a little older than memory's, never newer than a flush of ours; a write that came between is
 * there at the next look.
 */
export function createObserver({ clock, redis, replica, trust, evidence }: ObserverOptions): Observer {
  /** Copies with their fence; null where another owner's stood beside them. */
  const read = async (owned: OwnedPartition, sids: readonly Sid[]) => {
    const { epoch, copies } = await redis.sessions(owned.partition, sids)
    return epoch === owned.epoch ? copies : null
  }

  const gatewayCopy = (connection: GatewayCopy | undefined, gateway: string): CopyReading => {
    const observedAt = clock.now()
    if (!connection && gateway === '') return { kind: 'absent', observedAt } // nobody names one that could hold it
    if (!trust.isHeard(connection?.fields.gateway ?? gateway)) {
      return { kind: 'unknown', reason: 'its gateway is not heard', observedAt: connection?.at ?? null }
    }
    return connection ? gatewayReading(connection, observedAt) : { kind: 'absent', observedAt }
  }

  const serverCopy = async (
    owned: OwnedPartition,
    { sid, since }: Subject,
    record: SessionRecord | null,
    copy: RedisCopy,
  ): Promise<CopyReading> => {
    const observedAt = clock.now()
    if (record) return serverReading(record, observedAt)
    const isConclusive = await evidence.isConclusive({ sid, owned, copy, since })
    if (isConclusive && !owned.sessions.get(sid)) return { kind: 'absent', observedAt }
    return { kind: 'unknown', reason: 'its owner may not have heard of it yet', observedAt: null }
  }

  const compare = async (owned: OwnedPartition, subject: Subject, copy: RedisCopy): Promise<Look> => {
    const { sid, before } = subject
    const record = owned.sessions.get(sid) ?? null
    const connection = replica.connectionOf(sid)
    const gateway = gatewayCopy(connection, record?.gateway ?? copy.hash.gateway ?? '')
    // Memory is taken down before anything else is waited for.
    const redisCopy = redisReading(copy.hash, copy.version, clock.now())
    const waiting = gateway.kind === 'read' ? (connection?.pending ?? null) : null
    const pending = pendingWrites({ server: { pending: waitingOf(owned, sid), record }, gateway: waiting })
    const server = await serverCopy(owned, subject, record, copy)
    const copies = { gateway, server, redis: redisCopy }
    return { sid, verdict: classify({ copies, pending, before, now: clock.now() }), copies, record }
  }

  const lookAt = async (
    owned: OwnedPartition,
    subjects: readonly Subject[],
    isWorthIt: (sid: Sid, copy: RedisCopy) => boolean,
  ): Promise<Looks> => {
    const doubtBefore = trust.doubt(owned)
    if (doubtBefore !== null) return { kind: 'doubt', why: doubtBefore }
    const copies = await read(
      owned,
      subjects.map(({ sid }) => sid),
    )
    const doubt = copies === null ? 'another owner has acquired it' : trust.doubt(owned)
    if (copies === null || doubt !== null) return { kind: 'doubt', why: doubt ?? '' }
    const looks: Promise<Look>[] = []
    for (const [at, subject] of subjects.entries()) {
      const copy = copies[at]
      if (copy && isWorthIt(subject.sid, copy)) looks.push(compare(owned, subject, copy))
    }
    return { kind: 'seen', looks: await Promise.all(looks) }
  }

  return {
    look: (owned, subjects) => lookAt(owned, subjects, () => true),
    sweep(owned, sids) {
      const since = clock.monotonic()
      const subjects = sids.map((sid) => ({ sid, before: NO_DIFFERENCES, since }))
      return lookAt(owned, subjects, (sid, copy) => {
        const record = owned.sessions.get(sid)
        return record !== undefined && !isPlainlyEqual(record, copy, replica.connectionOf(sid))
      })
    },
  }
}
