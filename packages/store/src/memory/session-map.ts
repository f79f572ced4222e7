import { type GatewayFields, META_PREFIX, type ServerFields, type SessionRecord, type Sid } from '../contracts/index.ts'
import type { DirtySet } from '../write-behind/dirty-set.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Server fields that one step may change; `meta` is changed by `setMeta`. */
export type ServerChange = Partial<Omit<ServerFields, 'meta' | 'serverRevision'>>

export interface SessionMap {
  get(sid: Sid): SessionRecord | undefined
  readonly size: number
  values(): IterableIterator<SessionRecord>
  /** Puts a session in whole. `stored`: Redis has exactly this; else all of it is dirty. */
  put(record: SessionRecord, stored: boolean): void
  /** Changes server fields and marks them dirty; +1 serverRevision. False for an unknown session. */
  update(sid: Sid, change: ServerChange): boolean
  /** Sets or (null or empty) clears one key of custom metadata and marks it dirty; +1 serverRevision. */
  setMeta(sid: Sid, key: string, value: string | null): boolean
  /** Takes over what the gateway says of its own fields. Not dirty: the gateway has stored them itself. */
  merge(sid: Sid, fields: Partial<GatewayFields>): boolean
  remove(sid: Sid): SessionRecord | undefined
}

/** Names of metadata whose hash field is remembered; more than a game uses, and a bound on what players can make up. */
const FIELD_NAMES_MAX = 1_000

/**
 * The sessions of one partition in the owner's memory: G1, no call here waits for anything. Records are changed in
 * place (a copy of 36 fields per line typed would cost more than all the rest), so a record that `get` returned is a
 * live view: read it in the same turn, or copy what must not move.
 */
export function createSessionMap(dirty: DirtySet): SessionMap {
  return new PartitionSessions(dirty)
}

/** A class: V8 does not inline the methods of an object literal that has an accessor, which costs a read as much again. */
class PartitionSessions implements SessionMap {
  readonly #sessions = new Map<Sid, Mutable<SessionRecord>>()
  readonly #dirty: DirtySet
  /** key -> `meta:<key>`, so that a mark hashes no new string. */
  readonly #fieldNames = new Map<string, string>()

  constructor(dirty: DirtySet) {
    this.#dirty = dirty
  }

  get size(): number {
    return this.#sessions.size
  }

  get(sid: Sid): SessionRecord | undefined {
    return this.#sessions.get(sid)
  }

  values(): IterableIterator<SessionRecord> {
    return this.#sessions.values()
  }

  put(record: SessionRecord, stored: boolean): void {
    this.#sessions.set(record.sid, { ...record })
    if (!stored) this.#dirty.markWhole(record.sid)
  }

  update(sid: Sid, change: ServerChange): boolean {
    const session = this.#sessions.get(sid)
    if (!session) return false
    Object.assign(session, change)
    session.serverRevision++
    for (const field in change) this.#dirty.mark(sid, field)
    return true
  }

  setMeta(sid: Sid, key: string, value: string | null): boolean {
    const session = this.#sessions.get(sid)
    if (!session || key === '__proto__') return false
    if (value === null || value === '') delete session.meta[key]
    else session.meta[key] = value
    session.serverRevision++
    this.#dirty.mark(sid, this.#fieldName(key))
    return true
  }

  merge(sid: Sid, fields: Partial<GatewayFields>): boolean {
    const session = this.#sessions.get(sid)
    if (!session) return false
    Object.assign(session, fields)
    return true
  }

  remove(sid: Sid): SessionRecord | undefined {
    const session = this.#sessions.get(sid)
    this.#sessions.delete(sid)
    return session
  }

  #fieldName(key: string): string {
    const known = this.#fieldNames.get(key)
    if (known !== undefined) return known
    const name = META_PREFIX + key
    if (this.#fieldNames.size >= FIELD_NAMES_MAX) this.#fieldNames.clear()
    this.#fieldNames.set(key, name)
    return name
  }
}
