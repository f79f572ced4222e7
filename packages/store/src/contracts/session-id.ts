import { z } from 'zod'

/** How many shards sessions are spread over. Fixed for the life of a store: a session's partition never changes. */
export const PARTITIONS = 64

/** A session's id: `<partition in base 36>-<ULID>`, so that any process derives the partition without asking. */
export type Sid = string & { readonly __brand: 'Sid' }

/** A shard of sessions, 0 to 63. */
export type Partition = number

/** 0 to 63 in base 36, in its one spelling, and a ULID. */
const SID_PATTERN = /^([0-9a-z]|1[0-9a-r])-[0-9A-HJKMNP-TV-Z]{26}$/

/** The sid for a new session. `ulid` must be a fresh ULID (26 characters, Crockford base 32). */
export function createSid(ulid: string): Sid {
  const sid = `${(fnv1a(ulid) % PARTITIONS).toString(36)}-${ulid}`
  if (!isSid(sid)) throw new TypeError('createSid needs a ULID')
  return sid
}

/**
 * Reads a sid from outside; null where the text is none. That the gateway would have chosen this partition is not asked: what a
 * hand has put into a store under another one is still seen, and judged, where it lies.
 */
export function parseSid(text: string): Sid | null {
  return isSid(text) ? text : null
}

/** The partition of a session. */
export function partitionOf(sid: Sid): Partition {
  return Number.parseInt(sid.slice(0, sid.indexOf('-')), 36)
}

/** A sid at a boundary: refuses what `parseSid` refuses. */
export const sidSchema = z.custom<Sid>((value) => typeof value === 'string' && isSid(value), 'not a session id')

function isSid(text: string): text is Sid {
  return SID_PATTERN.test(text)
}

/** FNV-1a, 32 bit, over ASCII. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}
