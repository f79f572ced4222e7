import type { GatewayFields, ServerFields, SessionRecord, Sid } from '../contracts/index.ts'
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

/**
 * The sessions of one partition in the owner's memory: G1, no call here waits for anything. Records are changed in
 * place (a copy of 36 fields per line typed would cost more than all the rest), so a record that `get` returned is a
 * live view: read it in the same turn, or copy what must not move.
 */
export function createSessionMap(dirty: DirtySet): SessionMap {
  const sessions = new Map<Sid, Mutable<SessionRecord>>()
  return {
    get: (sid) => sessions.get(sid),
    get size() {
      return sessions.size
    },
    values: () => sessions.values(),
    put(record, stored) {
      sessions.set(record.sid, { ...record })
      if (!stored) dirty.markWhole(record.sid)
    },
    update(sid, change) {
      const session = sessions.get(sid)
      if (!session) return false
      Object.assign(session, change)
      session.serverRevision++
      for (const field in change) dirty.mark(sid, field)
      return true
    },
    setMeta(sid, key, value) {
      const session = sessions.get(sid)
      if (!session || key === '__proto__') return false
      if (value === null || value === '') delete session.meta[key]
      else session.meta[key] = value
      session.serverRevision++
      dirty.mark(sid, `meta:${key}`)
      return true
    },
    merge(sid, fields) {
      const session = sessions.get(sid)
      if (!session) return false
      Object.assign(session, fields)
      return true
    },
    remove(sid) {
      const session = sessions.get(sid)
      sessions.delete(sid)
      return session
    },
  }
}
