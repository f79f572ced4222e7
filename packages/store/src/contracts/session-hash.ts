import type { Sid } from './session-id.ts'
import { freshServerFields, type SessionRecord, sessionRecordSchema } from './session-record.ts'

/**
 * A session as a Redis hash: readable field names, values as text, times in epoch ms. An absent value is an absent
 * field (a script deletes a field whose value is the empty string).
 */

/** Prefix of custom metadata in the hash. */
export const META_PREFIX = 'meta:'

type Values = Partial<Omit<SessionRecord, 'sid'>>

/** Hash fields for the given values; `''` for what is to be deleted. Metadata: one field a key. */
export function toHash(values: Values): Record<string, string> {
  const hash: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) {
    if (name === 'meta') continue
    hash[name] = toText(value)
  }
  for (const [key, value] of Object.entries(values.meta ?? {})) hash[META_PREFIX + key] = value
  return hash
}

/** One value as it stands in the hash; `''` for an absent one. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join(',')
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

const NUMBERS = new Set([
  'handle',
  'slot',
  'connectionEpoch',
  'gatewayRevision',
  'width',
  'height',
  'connectedAt',
  'detachedUntil',
  'boundBy',
  'lastConnectionSignal',
  'commandCount',
  'inputSequence',
  'serverRevision',
])
const FLAGS = new Set(['hidden', 'wizard'])
const LISTS = new Set(['capabilities', 'commandIds'])
const NULLABLE = [
  'client',
  'width',
  'height',
  'detachedUntil',
  'closeReason',
  'tokenHash',
  'attachId',
  'player',
  'playerName',
  'boundBy',
  'room',
  'lastConnectionSignal',
  'waitingFor',
]

export type HashReading = { ok: true; record: SessionRecord } | { ok: false; problem: string }

/** Reads a hash from Redis. What a hand has broken is a problem with its cause, never a throw. */
export function fromHash(sid: Sid, hash: Readonly<Record<string, string>>): HashReading {
  // A record that only its gateway has written yet holds no server's field: revision 0.
  const raw: Record<string, unknown> = { capabilities: [], ...freshServerFields(), serverRevision: 0 }
  for (const name of NULLABLE) raw[name] = null
  const meta: Record<string, string> = {}
  for (const [field, text] of Object.entries(hash)) {
    if (field.startsWith(META_PREFIX)) meta[field.slice(META_PREFIX.length)] = text
    else raw[field] = valueOfText(field, text)
  }
  const parsed = sessionRecordSchema.safeParse({ ...raw, meta, sid })
  if (parsed.success) return { ok: true, record: parsed.data }
  return {
    ok: false,
    problem: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  }
}

/** A hash field's value by its type. What a hand has broken comes out as it is: `fromHash` refuses it, a console shows it. */
export function valueOfText(field: string, text: string): unknown {
  if (NUMBERS.has(field)) return text === '' ? null : Number(text)
  if (LISTS.has(field)) return text === '' ? [] : text.split(',')
  if (FLAGS.has(field)) return text === 'true' ? true : text === 'false' ? false : text
  if (field !== 'waitingFor') return text
  try {
    return JSON.parse(text)
  } catch (error) {
    return `unreadable: ${String(error)}` // refused by the schema, which names the field
  }
}
