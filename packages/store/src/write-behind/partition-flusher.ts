import type { Clock } from '@holdfast/runtime'
import { messageOf } from '@holdfast/runtime'
import {
  GATEWAY_FIELDS,
  META_PREFIX,
  SERVER_FIELDS,
  type ServerFields,
  type SessionRecord,
  type Sid,
  toHash,
} from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import { markAllDirty, type OwnedPartition } from '../partition/owned-partition.ts'
import type { FlushItem, FlushOutcome, SessionScripts } from '../redis/session-scripts.ts'
import { backOffMs } from './back-off.ts'
import type { Breaker } from './breaker.ts'
import type { DirtyEntry } from './dirty-set.ts'

/** A login waits so long for Redis before its player is told that it is not stored yet. */
export const CRITICAL_FLUSH_WAIT_MS = 1_500

/** What must be in Redis before a player is told that they are logged in. */
const BINDING_FIELDS = ['player', 'playerName', 'wizard', 'loginState', 'boundBy', 'hidden', 'room'] as const

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
  let running: Promise<void> | null = null
  let attempts = 0
  let retryAt = 0

  /** One at a time; what is asked meanwhile waits. */
  const exclusively = async (work: () => Promise<void>): Promise<void> => {
    while (running) await running
    running = work().finally(() => {
      running = null
    })
    await running
  }

  const failed = (taken: ReadonlyMap<Sid, DirtyEntry>, problem: string): void => {
    owned.dirty.putBack(taken, problem)
    attempts++
    retryAt = clock.monotonic() + backOffMs(attempts, random)
    events.onFailed(
      [...taken.values()].flatMap(({ fields }) => [...fields]),
      problem,
    )
  }

  const write = async (taken: ReadonlyMap<Sid, DirtyEntry>, items: FlushItem[], offset: number): Promise<void> => {
    if (!isCurrent() || !breaker.allow()) {
      owned.dirty.putBack(taken, 'Redis is away')
      return
    }
    const flushSequence = ++owned.flushSequence
    const { partition, epoch, acknowledged } = owned
    const flush = { partition, epoch, owner, offset, flushSequence, acknowledged, now: clock.now(), items }
    let outcome: FlushOutcome
    try {
      outcome = await scripts.flush(flush)
      breaker.succeeded()
    } catch (error) {
      breaker.failed()
      failed(taken, messageOf(error)) // ambiguous: the next flush takes present values and a new number
      return
    }
    settle(outcome, flushSequence, taken, items, offset)
  }

  const settle = (
    outcome: FlushOutcome,
    flushSequence: number,
    taken: ReadonlyMap<Sid, DirtyEntry>,
    items: readonly FlushItem[],
    offset: number,
  ): void => {
    if (outcome.kind === 'stored') {
      owned.acknowledged = flushSequence
      owned.flushedOffset = offset
      attempts = 0
      for (const [at, item] of items.entries()) settleItem(item, outcome.items[at] ?? 'gone')
      events.onStored([...taken.values()].flatMap(({ fields }) => [...fields]))
      return
    }
    failed(taken, outcome.kind)
    if (outcome.kind === 'fenced' && isCurrent()) events.onFenced(owned)
    if (outcome.kind === 'rolled-back') {
      owned.acknowledged = outcome.flushSequence
      retryAt = 0
      markAllDirty(owned)
      events.onRolledBack(owned)
    }
  }

  const settleItem = (item: FlushItem, outcome: 'stored' | 'gone' | 'dead' | 'newer-connection'): void => {
    if (outcome === 'gone') owned.dirty.markWhole(item.sid) // create it again, whole
    if (outcome === 'dead') events.onDead(owned, item.sid)
    if (outcome === 'newer-connection') events.onNewerConnection(owned, item.sid)
  }

  const flushAll = async (): Promise<void> => {
    const taken = owned.dirty.take()
    const offset = owned.next
    const items = itemsOf(owned, taken)
    try {
      await batcher.acknowledged(batcher.position())
    } catch (error) {
      failed(taken, messageOf(error))
      return
    }
    await write(taken, items, offset)
  }

  const isBindingPending = (sid: Sid): boolean => {
    const entry = owned.dirty.entries().get(sid)
    return entry !== undefined && (entry.whole || BINDING_FIELDS.some((field) => entry.fields.has(field)))
  }

  const storeBinding = async (sid: Sid): Promise<'stored' | 'unavailable'> => {
    await exclusively(flushAll)
    if (owned.dirty.entries().get(sid)?.whole) await exclusively(flushAll) // Redis had no record of it: written whole now
    return isBindingPending(sid) ? 'unavailable' : 'stored'
  }

  return {
    isDue: () => {
      const waits = owned.dirty.size > 0 || owned.next !== owned.flushedOffset
      return waits && owned.loaded && !running && clock.monotonic() >= retryAt
    },
    flush: () => exclusively(flushAll),
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
function itemsOf(owned: OwnedPartition, taken: ReadonlyMap<Sid, DirtyEntry>): FlushItem[] {
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
    if (field.startsWith(META_PREFIX)) server[field] = session.meta[field.slice(META_PREFIX.length)] ?? ''
    else if (isServerField(field)) plain.push(field)
  }
  return {
    ...identityOf(session),
    operation: 'update',
    server: { ...server, ...toHash(pick(session, plain)) },
    gateway: {},
  }
}

const isServerField = (field: string): field is keyof ServerFields => SERVER_FIELDS.some((name) => name === field)
