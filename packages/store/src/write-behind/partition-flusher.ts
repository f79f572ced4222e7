import type { Clock } from '@holdfast/runtime'
import { messageOf } from '@holdfast/runtime'
import type { Sid } from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import { markAllDirty, type OwnedPartition } from '../partition/owned-partition.ts'
import { redisFailureOf } from '../redis/redis-failure.ts'
import type { FlushItem, FlushItemOutcome, FlushOutcome, SessionScripts } from '../redis/session-scripts.ts'
import { backOffMs } from './back-off.ts'
import type { Breaker } from './breaker.ts'
import type { DirtyEntry, Taken } from './dirty-set.ts'
import { itemOf, itemsOf } from './flush-items.ts'
import { isolate, type Stored } from './isolate.ts'

/** A login waits so long for Redis before its player is told that it is not stored yet. */
export const CRITICAL_FLUSH_WAIT_MS = 1_500

/** An offset that leaves the stored one. */
const NO_OFFSET = -1

/** What Redis refuses for good, as it is told to others: never a value. */
export interface DeadLetterNotice {
  sid: Sid
  fields: readonly string[]
  attempts: number
  problem: string
}

export interface FlusherEvents {
  /** The stored fence is another's. */
  onFenced(owned: OwnedPartition): void
  /** The store has lost a flush that it had acknowledged. */
  onRolledBack(owned: OwnedPartition): void
  /** Redis holds a tombstone for a session that memory thinks alive. */
  onDead(owned: OwnedPartition, sid: Sid): void
  /** A newer connection won over our close. */
  onNewerConnection(owned: OwnedPartition, sid: Sid): void
  /** Redis has acknowledged so many sessions, and these fields of them. */
  onStored(fields: readonly string[], sessions: number): void
  onFailed(fields: readonly string[], problem: string): void
  /**
   * The session's copy is to be published now, with what waits: Kafka has it before the offset in Redis passes what Redis
   * does not hold, so that even a dead letter outlives its owner.
   */
  onDeadLetter(owned: OwnedPartition, letter: DeadLetterNotice): void
  /** One call of the script took so long, ms. */
  onCall(ms: number, result: FlushOutcome['kind'] | 'failed'): void
}

export interface PartitionFlusher {
  /** Whether something waits to be stored, and its time has come. */
  isDue(): boolean
  /** Stores all that is dirty, and the offset up to which that is all. Never rejects; at most one at a time. */
  flush(): Promise<void>
  /**
   * Writes the binding through, with all else that is dirty: so the store never holds a binding without the number of
   * the input that made it. `unavailable` at once while the breaker is open, else after CRITICAL_FLUSH_WAIT_MS.
   */
  storeBinding(sid: Sid): Promise<'stored' | 'unavailable'>
  /**
   * Has what waits tried at once, back-off or not: one session's dead letter (and with it all that is not dead), or all
   * (null). Returns how many dead letters are tried again.
   */
  retryNow(sid: Sid | null): number
  /**
   * Gives a dead letter up: memory and Redis differ from now on. Returns the hash fields and values that are not stored;
   * null where the session has no dead letter.
   */
  drop(sid: Sid): Readonly<Record<string, string>> | null
}

export interface FlusherOptions {
  owned: OwnedPartition
  owner: string
  scripts: Pick<SessionScripts, 'flush'>
  batcher: Batcher
  breaker: Breaker
  clock: Clock
  random: () => number
  isCurrent: () => boolean
  events: FlusherEvents
}

/** What became of one call of the script. */
type Called =
  | { kind: 'answered'; outcome: FlushOutcome }
  /** Failed in passing, or was not tried: all that was taken is dirty again. */
  | { kind: 'later' }
  | { kind: 'permanent'; problem: string }

/**
 * Stores one partition behind its memory. The one rule that loses nothing: what an input causes is in Kafka before the
 * input counts as done in Redis. So a flush takes the values, `next` and the batcher's position together, waits until
 * Kafka has acknowledged that position, and only then runs the script, which is fenced and refused as a whole.
 *
 * What Redis refuses for good becomes a dead letter: found by halves, so that the rest of the flush is stored; kept in
 * memory, published, shown, and tried again only when its session changes or a wizard says so.
 */
export function createPartitionFlusher(options: FlusherOptions): PartitionFlusher {
  const { owned, owner, scripts, batcher, breaker, clock, random, isCurrent, events } = options
  let running: Promise<unknown> | null = null
  let attempts = 0
  let retryAt = 0
  let recoveries = breaker.recoveries
  /** A dead letter was published, and Kafka has not said yet that it has it. */
  let isNoticeOpen = false

  owned.nextTryAt = () => {
    const waits = Math.max(retryAt, breaker.nextProbeAt ?? 0) - clock.monotonic()
    return Math.round(clock.now() + Math.max(0, waits))
  }

  /** One at a time; what is asked meanwhile waits. */
  const exclusively = async <T>(work: () => Promise<T>): Promise<T> => {
    while (running) await running
    const result = work().finally(() => {
      running = null
    })
    running = result
    return result
  }

  const failed = (taken: Taken, problem: string): void => {
    owned.dirty.putBack(taken, problem)
    attempts++
    retryAt = clock.monotonic() + backOffMs(attempts, random)
    events.onFailed(fieldsOf(taken), problem)
  }

  const call = async (taken: Taken, items: readonly FlushItem[], offset: number): Promise<Called> => {
    if (!isCurrent() || !breaker.allow()) {
      owned.dirty.putBack(taken, null)
      return { kind: 'later' }
    }
    const flushSequence = ++owned.flushSequence
    const { partition, epoch, acknowledged, isLogReplaced } = owned
    const fence = { partition, epoch, owner, flushSequence, acknowledged, isLogReplaced }
    const startedAt = clock.monotonic()
    try {
      const outcome = await scripts.flush({ ...fence, offset, now: clock.now(), items })
      breaker.succeeded()
      events.onCall(clock.monotonic() - startedAt, outcome.kind)
      if (outcome.kind === 'stored') owned.acknowledged = flushSequence
      return { kind: 'answered', outcome }
    } catch (error) {
      events.onCall(clock.monotonic() - startedAt, 'failed')
      const { kind, problem } = redisFailureOf(error)
      if (kind === 'permanent') {
        breaker.succeeded() // it answered
        return { kind, problem }
      }
      breaker.failed()
      failed(taken, problem) // ambiguous: the next flush takes present values and a new number
      return { kind: 'later' }
    }
  }

  const refused = (taken: Taken, outcome: Exclude<FlushOutcome, { kind: 'stored' }>): void => {
    failed(taken, outcome.kind)
    if (outcome.kind === 'fenced' && isCurrent()) events.onFenced(owned)
    if (outcome.kind !== 'rolled-back') return
    owned.acknowledged = outcome.flushSequence
    retryAt = 0
    markAllDirty(owned)
    events.onRolledBack(owned)
  }

  const settleItem = (item: FlushItem, outcome: FlushItemOutcome): void => {
    if (outcome === 'gone') owned.dirty.markWhole(item.sid) // create it again, whole
    if (outcome === 'dead') {
      owned.dirty.forget(item.sid)
      events.onDead(owned, item.sid)
    }
    if (outcome === 'newer-connection') events.onNewerConnection(owned, item.sid)
  }

  /** `stopped`: all that was taken is dirty again. `permanent`: nothing of it is stored, and none of it ever will be. */
  const store = async (taken: Taken, items: readonly FlushItem[], offset: number): Promise<Stored> => {
    const called = await call(taken, items, offset)
    if (called.kind === 'permanent') return called
    if (called.kind === 'later') return 'stopped'
    const { outcome } = called
    if (outcome.kind !== 'stored') {
      refused(taken, outcome)
      return 'stopped'
    }
    for (const [at, item] of items.entries()) settleItem(item, outcome.items[at] ?? 'gone')
    return 'stored'
  }

  const bury = (taken: Taken, sid: Sid, problem: string): void => {
    const letter = owned.dirty.bury(taken, sid, problem)
    isNoticeOpen = true
    if (letter) events.onDeadLetter(owned, { sid, fields: namesOf(letter), attempts: letter.attempts, problem })
  }

  /** Stores a part, without those of it that are refused for good. False: stopped. */
  const storePart = async (taken: Taken, part: readonly FlushItem[], offset: number): Promise<boolean> => {
    if (offset !== NO_OFFSET && isNoticeOpen && !(await isInKafka(taken))) return false
    const outcome = await store(taken, part, offset)
    if (outcome === 'stored' || outcome === 'stopped') return outcome === 'stored'
    const found = await isolate(part, outcome.problem, (items) => store(taken, items, NO_OFFSET))
    for (const { sid, problem } of found.dead) bury(taken, sid, problem)
    if (found.kind === 'unfinished') failed(taken, outcome.problem)
    if (found.kind !== 'done') return false
    if (offset === NO_OFFSET) return true
    // The offset alone, once Kafka has what died.
    if (!(await isInKafka(taken))) return false
    const passed = await store(taken, [], offset)
    if (typeof passed === 'object') failed(taken, passed.problem)
    return passed === 'stored'
  }

  const isInKafka = async (taken: Taken): Promise<boolean> => {
    try {
      await batcher.acknowledged(batcher.position())
      isNoticeOpen = false
      return true
    } catch (error) {
      failed(taken, messageOf(error))
      return false
    }
  }

  /** Whether Redis has acknowledged everything that was dirty when it began, dead letters apart. */
  const flushAll = async (): Promise<boolean> => {
    if (!owned.loaded) return false
    const taken = owned.dirty.take()
    const next = owned.next
    const { parts, tooLarge } = itemsOf(owned, taken)
    for (const { sid, problem } of tooLarge) bury(taken, sid, problem)
    if (!(await isInKafka(taken))) return false
    // The offset goes with the last part: before it, a replay finds numbers that it skips.
    for (const [at, part] of parts.entries()) {
      if (!(await storePart(taken, part, at === parts.length - 1 ? next : NO_OFFSET))) return false
    }
    owned.dirty.settle(taken)
    owned.flushedOffset = next
    owned.isLogReplaced = false
    attempts = 0
    events.onStored(fieldsOf(taken), taken.size)
    return true
  }

  const storeBinding = async (sid: Sid): Promise<'stored' | 'unavailable'> => {
    let isStored = await exclusively(flushAll)
    // Redis had no record of it: it is whole in the next flush.
    if (isStored && owned.dirty.entries().get(sid)?.whole) isStored = await exclusively(flushAll)
    const isThere = owned.sessions.get(sid) && !owned.dirty.deadLetters().has(sid)
    return isStored && isThere ? 'stored' : 'unavailable'
  }

  return {
    isDue: () => {
      const waits = !owned.dirty.isEmpty || owned.next !== owned.flushedOffset
      if (!waits || !owned.loaded || running) return false
      if (recoveries !== breaker.recoveries) {
        recoveries = breaker.recoveries
        retryAt = 0 // Redis is back: what waited for that waits no longer
      }
      return clock.monotonic() >= retryAt
    },
    async flush() {
      await exclusively(flushAll)
    },
    async storeBinding(sid) {
      if (breaker.state !== 'closed') return 'unavailable'
      const patience = new AbortController()
      const tooLong = clock.sleep(CRITICAL_FLUSH_WAIT_MS, patience.signal).then(
        (): 'unavailable' => 'unavailable',
        (): 'unavailable' => 'unavailable',
      )
      const outcome = await Promise.race([storeBinding(sid), tooLong])
      patience.abort()
      return outcome
    },
    retryNow(sid) {
      const letters = sid === null ? [...owned.dirty.deadLetters().keys()] : [sid]
      const revived = letters.filter((letter) => owned.dirty.revive(letter)).length
      retryAt = 0
      breaker.probeNow()
      return revived
    },
    drop(sid) {
      const letter = owned.dirty.giveUp(sid)
      if (!letter) return null
      const item = itemOf(owned, sid, letter)
      return { ...item?.gateway, ...item?.server }
    },
  }
}

const namesOf = ({ fields, whole }: DirtyEntry): string[] => (whole ? ['*'] : [...fields])
const fieldsOf = (taken: Taken): string[] => [...taken.values()].flatMap(({ fields }) => [...fields])
