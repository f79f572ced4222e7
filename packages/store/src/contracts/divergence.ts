import type { Copy, DivergenceCause, State } from './console-api.ts'

/** The words in which copies of a session are compared (classify.ts). */

/**
 * What was read of one copy of a session. Values are texts as in the Redis hash (session-hash.ts), '' and absence are
 * one; each copy names only the fields that it keeps. copy-readings.ts makes them.
 */
export type CopyReading =
  | { kind: 'read'; fields: Readonly<Record<string, string>>; observedAt: number }
  /**
   * Read, and the session is not there. Of a server's memory only from an owner that is ready and has applied what is in
   * the log: before that it may merely not have heard of the session.
   */
  | { kind: 'absent'; observedAt: number }
  /** Not read: its process or Redis does not answer. `last`: what was read before. */
  | { kind: 'unknown'; reason: string; observedAt: number | null; last?: Readonly<Record<string, string>> }

/**
 * Fields of a session that a process has changed and Redis has not acknowledged; `['*']` for all of them. Dead letters
 * are not among them: nobody is going to write those.
 */
export interface PendingWrite {
  side: 'gateway' | 'server'
  fields: readonly string[]
}

/** What an observer remembers of a difference between two looks; `signature` changes with any of the values. */
export interface Difference {
  signature: string
  /** Epoch ms of the first look that saw exactly this, with nothing pending. */
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
  /** Epoch ms; null where the copies that were read agree. */
  since: number | null
  /** Copies that hold the field, were read, and differ from what its owner says. */
  odd: readonly Copy[]
}

export interface Verdict {
  state: State
  /** Copies that were read and do not have the session; none while it is merely settling. */
  missingIn: readonly Copy[]
  odd: readonly Copy[]
  /** Null where nothing is wrong (in-sync, settling, unknown). */
  cause: DivergenceCause | null
  since: number | null
  /** Every field that any copy holds, gateway's first; empty for a session that no copy has. */
  fields: readonly FieldVerdict[]
  /** For the next look. */
  differences: ReadonlyMap<string, Difference>
}

/** A difference younger than this is a write in flight: flushes take 250 ms, copies are published within a second. */
export const GRACE_MS = 3_000
/** Looks that must have seen exactly the same before a difference counts. */
export const LOOKS_TO_COUNT = 2
