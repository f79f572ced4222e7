import type { Clock } from '@holdfast/runtime'
import type { Partition, SessionRecord, Sid, WaitingWrite } from '../contracts/index.ts'
import { createSessionMap, type SessionMap } from '../memory/session-map.ts'
import { createDirtySet, type DirtySet } from '../write-behind/dirty-set.ts'

/**
 * One life of ownership of a partition. A rebalance that does not keep it, or a newer owner's fence, ends this life and
 * makes another object: "are we still the owner" is then an identity test, and nothing of an old life can reach a new one.
 */
export interface OwnedPartition {
  readonly partition: Partition
  /** The life before in the same process, whose memory may turn out to be still exact. */
  before: OwnedPartition | null
  sessions: SessionMap
  dirty: DirtySet
  /** sid -> when it ended, epoch ms. */
  dead: Map<Sid, number>
  /**
   * Ids of wizards' commands that were answered, oldest first, ORDERS_KEPT at most: also of sessions that have ended since,
   * whose own memory of them is gone.
   */
  orders: Set<string>
  /** The fence; 0 until acquired. */
  epoch: number
  /** The next offset to apply: all before it is in `sessions`. */
  next: number
  /** The next offset to put in the queue. */
  fetched: number
  flushSequence: number
  /** The last flushSequence that Redis acknowledged. */
  acknowledged: number
  /** The offset that Redis holds; -1 for none. */
  flushedOffset: number
  /** The log ends before the stored offset: it was replaced, and the next flush may lower that offset. */
  isLogReplaced: boolean
  /** Memory holds the partition: its records may be applied. */
  loaded: boolean
  /** Replayed up to the end that was seen at the join: what is answered now is new. */
  ready: boolean
  /** Where the replay ends. */
  target: number
  /** Of the copies that were published as waiting for Redis: what they said of it. The longest unsaid is the first. */
  told: Map<Sid, string>
  /** When the flusher tries next, epoch ms; null before there is one. */
  nextTryAt: () => number | null
}

export function createOwnedPartition(
  partition: Partition,
  clock: Clock,
  before: OwnedPartition | null,
): OwnedPartition {
  const dirty = createDirtySet(clock)
  return {
    partition,
    before,
    dirty,
    sessions: createSessionMap(dirty),
    dead: new Map(),
    orders: new Set(),
    epoch: 0,
    next: -1,
    fetched: -1,
    flushSequence: 0,
    acknowledged: 0,
    flushedOffset: -1,
    isLogReplaced: false,
    loaded: false,
    ready: false,
    target: 0,
    told: new Map(),
    nextTryAt: () => null,
  }
}

/** What of a session waits for Redis, and until when; null for nothing. */
export function waitingOf(owned: OwnedPartition, sid: Sid): WaitingWrite | null {
  return owned.dirty.waiting(sid, owned.nextTryAt())
}

/** Goes on from the life before: nobody wrote since, so its memory is exact and newer than the store. */
export function keepMemory(owned: OwnedPartition, before: OwnedPartition): void {
  const { sessions, dirty, dead, orders, next, flushSequence, acknowledged, flushedOffset, told } = before
  Object.assign(owned, {
    sessions,
    dirty,
    dead,
    orders,
    next,
    fetched: next,
    flushSequence,
    acknowledged,
    flushedOffset,
    told,
  })
}

const ORDERS_KEPT = 2_000

/** Remembers that a wizard's command was answered. */
export function rememberOrder({ orders }: OwnedPartition, id: string): void {
  orders.add(id)
  for (const oldest of orders) {
    if (orders.size <= ORDERS_KEPT) return
    orders.delete(oldest)
  }
}

/** Has everything written again: the store lost it. */
export function markAllDirty(owned: OwnedPartition): void {
  for (const { sid } of owned.sessions.values()) owned.dirty.markWhole(sid)
  for (const [sid, at] of owned.dead)
    owned.dirty.markEnded(sid, { connectionEpoch: Number.MAX_SAFE_INTEGER, reason: 'lost', at })
  owned.flushedOffset = -1
}

export function replaceSessions(owned: OwnedPartition, records: Iterable<SessionRecord>, stored: boolean): void {
  for (const record of records) owned.sessions.put(record, stored)
}
