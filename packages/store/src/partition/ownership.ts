import { type Clock, messageOf } from '@holdfast/runtime'
import { type Partition, type SessionRecord, type Sid, versionOf } from '../contracts/index.ts'
import type { GroupReader } from '../kafka/group-reader.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { Watermarks } from '../kafka/topics.ts'
import type { StoredPartition } from '../redis/partition-loader.ts'
import type { Acquired } from '../redis/session-scripts.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import { backOffMs } from '../write-behind/back-off.ts'
import type { PartitionFlusher } from '../write-behind/partition-flusher.ts'
import type { Outbox } from './outbox.ts'
import {
  createOwnedPartition,
  keepMemory,
  markAllDirty,
  type OwnedPartition,
  replaceSessions,
} from './owned-partition.ts'
import type { PartitionLine } from './partition-line.ts'
import { publishCopy } from './publish-copy.ts'
import type { QuestionWorker } from './question-worker.ts'
import { asPublished, lostSession, mend, rebuild, takeDeadLetters } from './restore.ts'

/** Everything that serves one life of ownership. */
export interface Life {
  owned: OwnedPartition
  line: PartitionLine
  flusher: PartitionFlusher
  worker: QuestionWorker
  /** When the group gave the partition to us, monotonic ms. */
  since: number
  /** An offset beyond the wanted one that the log answered with, once. */
  gapAt: number | null
}

export interface OwnershipEvents {
  onReady(owned: OwnedPartition, how: 'kept' | 'loaded' | 'rebuilt', tookMs: number): void
  onLost(owned: OwnedPartition): void
  /** The log no longer holds what was to be replayed. */
  onDataGap(partition: Partition, wanted: number, low: number, high: number): void
  onUnreadable(partition: Partition, unreadable: StoredPartition['unreadable']): void
  onTakeoverFailed(partition: Partition, problem: string): void
  onDead(error: Error): void
}

export interface OwnershipOptions {
  group: GroupReader
  replica: StateReplica
  /** Resolves when the replica was read to its end: then listeners are known and a replay may speak. */
  replicaRead: Promise<void>
  outbox: Outbox
  acquire: (partition: Partition, minEpoch: number) => Promise<Acquired>
  load: (partition: Partition) => Promise<StoredPartition>
  makeLife: (owned: OwnedPartition, isCurrent: () => boolean, since: number) => Life
  clock: Clock
  random: () => number
  events: OwnershipEvents
}

export interface Ownership {
  start(): Promise<void>
  /** The group has met with this process in it. */
  readonly hasJoined: boolean
  lives(): Iterable<Life>
  life(partition: Partition): Life | undefined
  /** Somebody acquired after us: take the partition again once Kafka has said that it is still ours. */
  onFenced(owned: OwnedPartition): void
  onProgress(owned: OwnedPartition): void
  onRoom(owned: OwnedPartition): void
  /** Gives all partitions away but stays up. */
  drain(): void
  /** Takes no more records in. */
  stopReading(): void
  close(): Promise<void>
}

/**
 * Which partitions are ours, and how one becomes so: acquire the fence, load, seek, replay, ready; and the reverse at a
 * loss. Correctness never rests on the group's word alone: the fence in Redis decides who may store, gateways drop what
 * an older epoch says, and a replay makes the same outputs under the same causes.
 */
export function createOwnership(options: OwnershipOptions): Ownership {
  const { group, replica, replicaRead, outbox, clock, random, events } = options
  const lives = new Map<Partition, Life>()
  let draining = false
  let reading = true
  let hasJoined = false

  const isCurrent = (owned: OwnedPartition): boolean => lives.get(owned.partition)?.owned === owned

  const begin = (partition: Partition, before: OwnedPartition | null): Life => {
    const owned = createOwnedPartition(partition, clock, before)
    const life = options.makeLife(owned, () => isCurrent(owned), clock.monotonic())
    lives.get(partition)?.worker.close()
    lives.set(partition, life)
    return life
  }

  const lose = (life: Life): void => {
    lives.delete(life.owned.partition)
    life.worker.close()
    replica.disown(life.owned.partition)
    events.onLost(life.owned)
  }

  const onJoin = (assigned: readonly Partition[], sameMember: boolean): void => {
    hasJoined = true
    for (const life of [...lives.values()]) if (!assigned.includes(life.owned.partition)) lose(life)
    const fresh: Life[] = []
    for (const partition of assigned) {
      const life = lives.get(partition)
      // Only a member that took part in every generation since knows that nobody else has owned it meanwhile.
      if (life?.owned.ready && sameMember) keepReading(life)
      else fresh.push(begin(partition, life?.owned.ready ? life.owned : (life?.owned.before ?? null)))
    }
    group.pause(fresh.map(({ owned }) => owned.partition))
    if (fresh.length > 0) void takeOverAll(fresh)
  }

  /** kafkajs goes on from the last commit after every join, and keeps pause flags: both are set here. */
  const keepReading = ({ owned, line }: Life): void => {
    group.seek(owned.partition, owned.fetched)
    if (line.isFull || !reading) group.pause([owned.partition])
    else group.resume([owned.partition])
  }

  const takeOverAll = async (fresh: readonly Life[]): Promise<void> => {
    try {
      const marks = await group.watermarks()
      await replicaRead
      await Promise.all(fresh.map((life) => takeOver(life, marks)))
    } catch (error) {
      if (reading) events.onDead(error instanceof Error ? error : new Error(messageOf(error)))
    }
  }

  /** Tries until it is done or no longer ours; meanwhile the partition is paused and its records wait in Kafka. */
  const takeOver = async (life: Life, marks: Watermarks): Promise<void> => {
    const { owned } = life
    for (let attempts = 0; isCurrent(owned); attempts++) {
      try {
        // A process that was frozen after the join wakes up here with a claim that may be void. Its next heartbeat
        // fails, and the join after it replaces this life. What slips through heals: see onFenced.
        if (!group.isMembershipFresh()) await group.nextHeartbeat()
        else if (await fill(life, marks.get(owned.partition) ?? { low: 0, high: 0 })) return
      } catch (error) {
        events.onTakeoverFailed(owned.partition, messageOf(error))
        await clock.sleep(backOffMs(attempts, random))
      }
    }
  }

  /** Acquires and fills memory. False: ownership ended meanwhile. */
  const fill = async (life: Life, { low, high }: { low: number; high: number }): Promise<boolean> => {
    const { owned } = life
    const { partition, before } = owned
    const published = replica.position(partition)
    const acquired = await options.acquire(partition, Math.max(before?.epoch ?? -1, published?.epoch ?? -1) + 1)
    // Every flush writes the offset: without one, the store holds nothing of ours (an owner alone proves nothing: it
    // may be this very takeover's, whose answer was lost).
    const isEmpty = acquired.offset === null
    let how: 'kept' | 'loaded' | 'rebuilt' = 'loaded'
    if (before && (before.epoch === acquired.epoch || isEmpty)) {
      keepMemory(owned, before)
      if (isEmpty) Object.assign(owned, { acknowledged: 0 })
      if (isEmpty) markAllDirty(owned)
      how = 'kept'
    } else {
      const stored = await options.load(partition)
      if (!isCurrent(owned)) return false
      const isTooOld = acquired.offset !== null && acquired.offset < low && isWithin(published?.offset, low, high)
      if ((isEmpty || isTooOld) && rebuild(owned, replica, stored, clock.now())) how = 'rebuilt'
      else takeStored(owned, stored, { next: acquired.offset ?? low, previousEpoch: acquired.previousEpoch })
      owned.flushSequence = acquired.flushSequence
      owned.acknowledged = acquired.flushSequence
      owned.flushedOffset = acquired.offset ?? -1
    }
    if (!isCurrent(owned)) return false
    if (owned.next < low || owned.next > high) {
      events.onDataGap(partition, owned.next, low, high)
      owned.isLogReplaced = owned.next > high
      owned.next = low
    }
    owned.epoch = acquired.epoch
    owned.target = high
    open(life, how)
    return true
  }

  const takeStored = (
    owned: OwnedPartition,
    stored: StoredPartition,
    { next, previousEpoch }: { next: number; previousEpoch: number | null },
  ): void => {
    replaceSessions(owned, asPublished(stored, replica, { partition: owned.partition, previousEpoch }), true)
    owned.dead = stored.dead
    owned.next = next
    if (stored.unreadable.length > 0) events.onUnreadable(owned.partition, stored.unreadable)
    mend(owned, replica, stored.unreadable)
    takeDeadLetters(owned, replica)
  }

  const open = (life: Life, how: 'kept' | 'loaded' | 'rebuilt'): void => {
    const { owned } = life
    owned.fetched = owned.next
    owned.before = null
    owned.loaded = true
    for (const session of owned.sessions.values()) announce(owned, session)
    group.seek(owned.partition, owned.next)
    if (reading) group.resume([owned.partition]) // pause flags outlive rebalances in kafkajs
    becomeReady(life, how)
  }

  /** Others know the copy that was published last; it may be newer or older than what was loaded. */
  const announce = (owned: OwnedPartition, session: SessionRecord): void => {
    const known = replica.get(session.sid)
    const isKnown =
      known !== undefined && versionOf(known) === versionOf(session) && replica.pendingOf(session.sid) === null
    replica.putOwn(session, owned.epoch)
    if (!isKnown) publishCopy(owned, session, outbox, clock)
  }

  const becomeReady = (life: Life, how: 'kept' | 'loaded' | 'rebuilt'): void => {
    const { owned, worker } = life
    if (owned.ready || owned.next < owned.target) return
    owned.ready = true
    for (const { sid } of replica.ofPartition(owned.partition)) if (!owned.sessions.get(sid)) restore(owned, sid)
    for (const session of owned.sessions.values()) if (session.waitingFor) worker.start(session)
    events.onReady(owned, how, clock.monotonic() - life.since)
  }

  /** Published by a former owner, but neither stored nor in the log: the store has lost it, or it has ended. */
  const restore = (owned: OwnedPartition, sid: Sid): void => {
    const lost = lostSession(owned, replica, sid)
    if (lost) {
      events.onUnreadable(owned.partition, [{ sid, problem: 'neither stored nor in the log' }])
      announce(owned, lost)
      return
    }
    const at = clock.now()
    replica.endOwn(sid, owned.epoch, at)
    outbox.publishEnded({ v: 1, kind: 'ended', epoch: owned.epoch, at, sid, reason: 'lost' })
  }

  const onRecords = (partition: Partition, records: readonly LogRecord[]): boolean => {
    const life = lives.get(partition)
    const [first] = records
    if (!life?.owned.loaded || !reading || !first) return false
    if (first.offset > life.owned.fetched && !confirmGap(life, first.offset)) return false
    life.line.enqueue(records)
    if (life.line.isFull) group.pause([partition])
    return true
  }

  /** A batch beyond what is wanted next: sought once more, and believed only when the log answers the same again. */
  const confirmGap = (life: Life, offset: number): boolean => {
    const { partition, fetched } = life.owned
    if (life.gapAt === offset) {
      events.onDataGap(partition, fetched, offset, offset)
      return true
    }
    life.gapAt = offset
    group.seek(partition, fetched)
    return false
  }

  return {
    start: () =>
      group.start({ onJoin, onRecords, onDead: events.onDead, claim: () => ({ owned: [...lives.keys()], draining }) }),
    get hasJoined() {
      return hasJoined
    },
    lives: () => lives.values(),
    life: (partition) => lives.get(partition),
    onFenced(owned) {
      if (!isCurrent(owned)) return
      const life = begin(owned.partition, owned)
      group.pause([owned.partition])
      // Never take it back before Kafka has said so: a member that is cut off would steal from the real owner for ever.
      void group.nextHeartbeat().then(() => takeOverAll([life]))
    },
    onProgress(owned) {
      const life = lives.get(owned.partition)
      if (life && !owned.ready) becomeReady(life, 'loaded')
    },
    onRoom({ partition }) {
      if (reading) group.resume([partition])
    },
    drain() {
      draining = true
      group.rejoin()
    },
    stopReading() {
      reading = false
      group.pause([...lives.keys()])
    },
    async close() {
      reading = false
      await group.close()
      for (const life of lives.values()) life.worker.close()
    },
  }
}

const isWithin = (offset: number | undefined, low: number, high: number): boolean =>
  offset !== undefined && offset >= low && offset <= high
