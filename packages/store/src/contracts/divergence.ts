import type { Copy, DivergenceCause, State } from './console-api.ts'

/**
 * What was read of one copy of a session. Values are texts as in the Redis hash (session-hash.ts), '' and absence are
 * one; each copy names only the fields that it keeps.
 */
export type CopyReading =
  | { kind: 'read'; fields: Readonly<Record<string, string>>; observedAt: number }
  /** Read, and the session is not there. */
  | { kind: 'absent'; observedAt: number }
  /** Not read: its process or Redis does not answer. `last`: what was read before. */
  | { kind: 'unknown'; reason: string; observedAt: number | null; last?: Readonly<Record<string, string>> }

/** Fields of a session that a process has changed and Redis has not acknowledged; `['*']` for all of them. */
export interface PendingWrite {
  side: 'gateway' | 'server'
  fields: readonly string[]
}

/** What an observer remembers of a difference between two looks; `signature` changes with any of the values. */
export interface Difference {
  signature: string
  /** Epoch ms of the first look that saw exactly this. */
  since: number
  looks: number
}

export interface Observation {
  copies: Readonly<Record<Copy, CopyReading>>
  pending: readonly PendingWrite[]
  /** Differences of the look before, by field; `` for the session's existence. Empty at the first look. */
  before: ReadonlyMap<string, Difference>
  /** Epoch ms, the observer's clock. */
  now: number
  /** A difference younger than this is a write in flight. */
  graceMs?: number
}

export interface FieldVerdict {
  name: string
  owner: 'gateway' | 'server'
  state: State
  since: number | null
  /** Copies that hold the field, were read, and differ from what its owner says. */
  odd: readonly Copy[]
}

export interface Verdict {
  state: State
  missingIn: readonly Copy[]
  odd: readonly Copy[]
  /** Null where nothing is wrong (in-sync, settling, unknown). */
  cause: DivergenceCause | null
  since: number | null
  fields: readonly FieldVerdict[]
  /** For the next look. */
  differences: ReadonlyMap<string, Difference>
}
