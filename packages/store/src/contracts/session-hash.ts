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

type Kind = 'text' | 'number' | 'flag' | 'list' | 'json'

/** How a field's text is read. Complete: what is not here is no field of a session. */
const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    handle: 'number',
    status: 'text',
    gateway: 'text',
    slot: 'number',
    connectionEpoch: 'number',
    gatewayRevision: 'number',
    ip: 'text',
    host: 'text',
    transport: 'text',
    client: 'text',
    width: 'number',
    height: 'number',
    capabilities: 'list',
    connectedAt: 'number',
    detachedUntil: 'number',
    closeReason: 'text',
    tokenHash: 'text',
    attachId: 'text',
    player: 'text',
    playerName: 'text',
    loginState: 'text',
    boundBy: 'number',
    wizard: 'flag',
    hidden: 'flag',
    room: 'text',
    lastConnectionSignal: 'number',
    commandCount: 'number',
    inputSequence: 'number',
    waitingFor: 'json',
    commandIds: 'list',
    serverRevision: 'number',
  } satisfies Record<Exclude<keyof SessionRecord, 'sid' | 'meta'>, Kind>),
)

/**
 * A session of which Redis holds no field; what must be there is undefined, and refused by the schema. One object with all
 * fields, copied for each session: added one by one they would make a table of each session, five times as slow to read.
 */
const NO_FIELDS: Readonly<Record<string, unknown>> = {
  sid: undefined,
  handle: undefined,
  status: undefined,
  gateway: undefined,
  slot: undefined,
  connectionEpoch: undefined,
  gatewayRevision: undefined,
  ip: undefined,
  host: undefined,
  transport: undefined,
  client: null,
  width: null,
  height: null,
  capabilities: [],
  connectedAt: undefined,
  detachedUntil: null,
  closeReason: null,
  tokenHash: null,
  attachId: null,
  ...freshServerFields(),
  // A record that only its gateway has written yet holds no server's field: revision 0.
  serverRevision: 0,
}

export type HashReading = { ok: true; record: SessionRecord } | { ok: false; problem: string }

/** Reads a hash from Redis. What a hand has broken is a problem with its cause, never a throw. */
export const fromHash = (sid: Sid, hash: Readonly<Record<string, string>>): HashReading =>
  fromPairs(sid, Object.entries(hash).flat())

/** As `fromHash`, of field, value, field, value ... as Redis lists them. */
export function fromPairs(sid: Sid, pairs: readonly string[]): HashReading {
  const raw: Record<string, unknown> = { ...NO_FIELDS }
  const meta: Record<string, string> = {}
  for (let at = 0; at < pairs.length; at += 2) {
    const field = pairs[at] ?? ''
    const text = pairs[at + 1] ?? ''
    const kind = KINDS.get(field)
    if (kind !== undefined) raw[field] = valueOfKind(kind, text)
    else if (field.startsWith(META_PREFIX)) meta[field.slice(META_PREFIX.length)] = text
  }
  raw.meta = meta
  raw.sid = sid
  const parsed = sessionRecordSchema.safeParse(raw)
  if (parsed.success) return { ok: true, record: parsed.data }
  return {
    ok: false,
    problem: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  }
}

/** A hash field's value by its type. What a hand has broken comes out as it is: `fromHash` refuses it, a console shows it. */
export const valueOfText = (field: string, text: string): unknown => valueOfKind(KINDS.get(field) ?? 'text', text)

function valueOfKind(kind: Kind, text: string): unknown {
  switch (kind) {
    case 'text':
      return text
    case 'number':
      return text === '' ? null : Number(text)
    case 'list':
      return text === '' ? [] : text.split(',')
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'json':
      try {
        return JSON.parse(text)
      } catch (error) {
        return `unreadable: ${String(error)}` // refused by the schema, which names the field
      }
  }
}
