import {
  gatewayReading,
  type Partition,
  parseSid,
  partitionOf,
  type Sid,
  type StateRecord,
  type StateRecordOf,
  serverReading,
  stateRecordSchema,
} from '../contracts/index.ts'
import { decode } from '../kafka/envelope.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { RedisCopy } from '../redis/redis-copies.ts'
import { isInRedis, type MemoryCopy, type SessionCopies, storedIn } from './session-copies.ts'
import { textsOf } from './texts.ts'

/** A session that ended is remembered for so long: a link to it tells what became of it. */
export const ENDED_KEPT_MS = 600_000

export interface CopiesTableOptions {
  /** Epoch ms: which of the ends that are read at the start are worth keeping. */
  now: () => number
  /** Something about the session has changed. */
  onChanged: (sid: Sid) => void
  /** The partition has an owner that published in it. */
  onOwner: (owner: string, partition: Partition) => void
}

export interface CopiesTable {
  /** Takes a record of `holdfast.state`. Unreadable ones, and late words of former owners, are counted and passed over. */
  apply(record: LogRecord): void
  /** What Redis answered, read at a monotonic time. */
  putStored(sid: Sid, stored: RedisCopy, readAt: number): void
  get(sid: Sid): SessionCopies | undefined
  all(): Iterable<SessionCopies>
  readonly size: number
  /** Who owns the partition, as last published; null where nobody has told. */
  ownerOf(partition: Partition): string | null
  /** Nothing is known of the session any more. */
  drop(sid: Sid): void
  readonly unreadable: number
}

/** The three copies of all sessions, as they come in; it judges nothing. */
export function createCopiesTable({ now, onChanged, onOwner }: CopiesTableOptions): CopiesTable {
  const sessions = new Map<Sid, SessionCopies>()
  const owners = new Map<Partition, { epoch: number; owner: string | null }>()
  let unreadable = 0

  const entry = (sid: Sid): SessionCopies => {
    const known = sessions.get(sid)
    if (known) return known
    const made: SessionCopies = {
      sid,
      partition: partitionOf(sid),
      server: null,
      gateway: null,
      isGatewayOver: false,
      redis: null,
      ended: null,
    }
    sessions.set(sid, made)
    return made
  }

  /** False for a late word of a former owner. */
  const accepts = (partition: Partition, epoch: number, owner: string | null): boolean => {
    const known = owners.get(partition)
    if (known && epoch < known.epoch) return false
    const name = owner ?? (known?.epoch === epoch ? known.owner : null)
    if (known?.epoch !== epoch || known.owner !== name) owners.set(partition, { epoch, owner: name })
    if (name !== null) onOwner(name, partition)
    return true
  }

  const putServer = ({ record, owner, pending, epoch }: StateRecordOf<'session'>): void => {
    if (!accepts(partitionOf(record.sid), epoch, owner)) return
    const copies = entry(record.sid)
    copies.server = copyOf(serverReading(record, 0).fields, owner, pending, copies.server)
    copies.ended = null
    onChanged(record.sid)
  }

  const putGateway = (copy: StateRecordOf<'connection'>): void => {
    const copies = entry(copy.sid)
    copies.gateway = copyOf(gatewayReading(copy, 0).fields, copy.fields.gateway, copy.pending, copies.gateway)
    copies.isGatewayOver = false
    onChanged(copy.sid)
  }

  const end = ({ sid, epoch, at, reason }: StateRecordOf<'ended'>): void => {
    if (!accepts(partitionOf(sid), epoch, null)) return
    const isOld = now() - at >= ENDED_KEPT_MS
    if (isOld && !sessions.has(sid)) return // the log holds the ends of two days
    const copies = entry(sid)
    const { server, ended } = copies
    copies.ended = {
      at: Math.min(at, now()),
      reason,
      last: server?.fields ?? ended?.last ?? storedIn(copies),
      server: server?.process ?? ended?.server ?? null,
    }
    copies.server = null
    onChanged(sid)
  }

  const take = (state: StateRecord): void => {
    if (state.kind === 'session') putServer(state)
    else if (state.kind === 'connection') putGateway(state)
    else if (state.kind === 'ended') end(state)
    else if (state.kind === 'position') accepts(state.partition, state.epoch, state.owner)
  }

  const takeBack = (key: string | null): void => {
    const [sidText = '', copy] = key?.split('/') ?? []
    const sid = parseSid(sidText)
    const copies = sid && sessions.get(sid)
    if (!copies) return
    if (copy === 'gateway') {
      copies.gateway = null
      copies.isGatewayOver = true
    } else copies.server = null
    onChanged(copies.sid)
  }

  return {
    apply({ key, value }) {
      if (value === null) {
        takeBack(key)
        return
      }
      const decoded = decode(stateRecordSchema, value)
      if (decoded.ok) take(decoded.value)
      else unreadable++
    },
    putStored(sid, { hash, version }, readAt) {
      const known = sessions.get(sid)
      const isThere = version !== null || Object.keys(hash).length > 0
      if (!known && !isThere) return
      const copies = known ?? entry(sid)
      const { redis, server } = copies
      const texts = textsOf(hash, server?.fields ?? redis?.hash ?? null)
      // Objects are shared where copies agree, so that an equal one need not be judged again.
      const isSame = redis !== null && redis.version === version && isEqual(redis.hash, texts)
      // A ghost's end is told before anybody has read of it: what it was is kept when its key goes.
      if (copies.ended && !copies.ended.last) copies.ended = { ...copies.ended, last: storedIn(copies) }
      copies.redis = { hash: isSame ? redis.hash : texts, version, readAt }
      if (!isSame || !isInRedis(copies)) onChanged(sid)
    },
    get: (sid) => sessions.get(sid),
    all: () => sessions.values(),
    get size() {
      return sessions.size
    },
    ownerOf: (partition) => owners.get(partition)?.owner ?? null,
    drop: (sid) => void sessions.delete(sid),
    get unreadable() {
      return unreadable
    },
  }
}

function copyOf(
  fields: Readonly<Record<string, string>>,
  process: string,
  pending: MemoryCopy['pending'],
  before: MemoryCopy | null,
): MemoryCopy {
  return { fields: textsOf(fields, before?.fields ?? null), process, pending }
}

function isEqual(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
