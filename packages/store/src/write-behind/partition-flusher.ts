import type { Clock } from '@holdfast/runtime'
import { messageOf } from '@holdfast/runtime'
import {
  GATEWAY_FIELDS,
  META_PREFIX,
  ownerOf,
  SERVER_FIELDS,
  type ServerFields,
  type SessionRecord,
  type Sid,
  toHash,
} from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import { markAllDirty, type OwnedPartition } from '../partition/owned-partition.ts'
import type { FlushItem, FlushItemOutcome, FlushOutcome, SessionScripts } from '../redis/session-scripts.ts'
import { backOffMs } from './back-off.ts'
import type { Breaker } from './breaker.ts'
import type { DirtyEntry, Taken } from './dirty-set.ts'

/** A login waits so long for Redis before its player is told that it is not stored yet. */
export const CRITICAL_FLUSH_WAIT_MS = 1_500

/** Sessions in one call of the script; Redis works about 2 ms on so many, and serves nobody else meanwhile. */
export const FLUSH_ITEMS_MAX = 300
/** An offset that leaves the stored one. */
const NO_OFFSET = -1

export interface FlusherEvents {
  /** The stored fence is another's. */
  onFenced(owned: OwnedPartition): void
  /** The store has lost a flush that it had acknowledged. */
  onRolledBack(owned: OwnedPartition): void
  /** Redis holds a tombstone for a session that memory thinks alive. */
  onDead(owned: OwnedPartition, sid: Sid): void
  /** A newer connection won over our close. */
  onNewerConnection(owned: OwnedPartition, sid: Sid): void
  onStored(fields: readonly string[]): void
  onFailed(fields: readonly string[], problem: string): void
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
}

export interface FlusherOptions {
  owned: OwnedPartition
  owner: string
  scripts: SessionScripts
  batcher: Batcher
  breaker: Breaker
  clock: Clock
  random: () => number
  isCurrent: () => boolean
  events: FlusherEvents
}

/**
 * Stores one partition behind its memory. The one rule that loses nothing: what an input causes is in Kafka before the
 * input counts as done in Redis. So a flush takes the values, `next` and the batcher's position together, waits until
 * Kafka has acknowledged that position, and only then runs the script, which is fenced and refused as a whole.
 */
export function createPartitionFlusher(options: FlusherOptions): PartitionFlusher {
  const { owned, owner, scripts, batcher, breaker, clock, random, isCurrent, events } = options
  let running: Promise<unknown> | null = null
  let attempts = 0
  let retryAt = 0

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

  /** One call of the script; null when it failed or was not tried, and all of `taken` is dirty again. */
  const call = async (taken: Taken, items: FlushItem[], offset: number): Promise<FlushOutcome | null> => {
    if (!isCurrent() || !breaker.allow()) {
      owned.dirty.putBack(taken, null)
      return null
    }
    const flushSequence = ++owned.flushSequence
    const { partition, epoch, acknowledged, isLogReplaced } = owned
    try {
      const flush = {
        partition,
        epoch,
        owner,
        offset,
        isLogReplaced,
        flushSequence,
        acknowledged,
        now: clock.now(),
        items,
      }
      const outcome = await scripts.flush(flush)
      breaker.succeeded()
      if (outcome.kind === 'stored') owned.acknowledged = flushSequence
      return outcome
    } catch (error) {
      breaker.failed()
      failed(taken, messageOf(error)) // ambiguous: the next flush takes present values and a new number
      return null
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
    if (outcome === 'dead') events.onDead(owned, item.sid)
    if (outcome === 'newer-connection') events.onNewerConnection(owned, item.sid)
  }

  /** Whether Redis has acknowledged everything that was dirty when it began. */
  const flushAll = async (): Promise<boolean> => {
    if (!owned.loaded) return false
    const taken = owned.dirty.take()
    const next = owned.next
    const items = itemsOf(owned, taken)
    try {
      await batcher.acknowledged(batcher.position())
    } catch (error) {
      failed(taken, messageOf(error))
      return false
    }
    // The offset goes with the last part: before it, a replay finds numbers that it skips.
    for (let first = 0; first === 0 || first < items.length; first += FLUSH_ITEMS_MAX) {
      const part = items.slice(first, first + FLUSH_ITEMS_MAX)
      const isLast = first + FLUSH_ITEMS_MAX >= items.length
      const outcome = await call(taken, part, isLast ? next : NO_OFFSET)
      if (outcome === null) return false
      if (outcome.kind !== 'stored') {
        refused(taken, outcome)
        return false
      }
      for (const [at, item] of part.entries()) settleItem(item, outcome.items[at] ?? 'gone')
    }
    owned.dirty.settle(taken)
    owned.flushedOffset = next
    owned.isLogReplaced = false
    attempts = 0
    events.onStored(fieldsOf(taken))
    return true
  }

  const storeBinding = async (sid: Sid): Promise<'stored' | 'unavailable'> => {
    let isStored = await exclusively(flushAll)
    // Redis had no record of it: it is whole in the next flush.
    if (isStored && owned.dirty.entries().get(sid)?.whole) isStored = await exclusively(flushAll)
    return isStored && owned.sessions.get(sid) ? 'stored' : 'unavailable'
  }

  return {
    isDue: () => {
      const waits = !owned.dirty.isEmpty || owned.next !== owned.flushedOffset
      return waits && owned.loaded && !running && clock.monotonic() >= retryAt
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
  }
}

const fieldsOf = (taken: Taken): string[] => [...taken.values()].flatMap(({ fields }) => [...fields])

type Identity = Pick<FlushItem, 'sid' | 'connectionEpoch' | 'serverRevision'>

const identityOf = ({ sid, connectionEpoch, serverRevision }: SessionRecord): Identity => ({
  sid,
  connectionEpoch,
  serverRevision,
})

function pick<K extends keyof SessionRecord>(record: SessionRecord, fields: readonly K[]): Partial<SessionRecord> {
  return Object.fromEntries(fields.map((field) => [field, record[field]]))
}

/** The present values of what is dirty, as the script takes them. */
function itemsOf(owned: OwnedPartition, taken: Taken): FlushItem[] {
  const items: FlushItem[] = []
  for (const [sid, entry] of taken) {
    const session = owned.sessions.get(sid)
    if (entry.ending && !session) {
      const { connectionEpoch } = entry.ending
      items.push({ operation: 'close', sid, connectionEpoch, serverRevision: 0, server: {}, gateway: {} })
    } else if (session) items.push(itemOf(session, entry))
  }
  return items
}

function itemOf(session: SessionRecord, entry: DirtyEntry): FlushItem {
  if (entry.whole) {
    const server = toHash(pick(session, SERVER_FIELDS))
    return { ...identityOf(session), operation: 'create', server, gateway: toHash(pick(session, GATEWAY_FIELDS)) }
  }
  const server: Record<string, string> = {}
  const plain: (keyof ServerFields)[] = []
  for (const field of entry.fields) {
    if (field.startsWith(META_PREFIX)) server[field] = metaOf(session, field.slice(META_PREFIX.length))
    else if (isServerField(field)) plain.push(field)
    else if (ownerOf(field) === 'server') server[field] = '' // nobody keeps it: a hand has put it into Redis
  }
  const update = { ...identityOf(session), server: { ...server, ...toHash(pick(session, plain)) } }
  if (entry.rewrite === null) return { ...update, operation: 'update', gateway: {} }
  const gateway = toHash(pick(session, GATEWAY_FIELDS))
  return { ...update, operation: 'rewrite', gateway, seen: entry.rewrite }
}

/** Own keys only: a player may name a key `constructor`. */
const metaOf = ({ meta }: SessionRecord, key: string): string => (Object.hasOwn(meta, key) ? (meta[key] ?? '') : '')

const isServerField = (field: string): field is keyof ServerFields => SERVER_FIELDS.some((name) => name === field)
