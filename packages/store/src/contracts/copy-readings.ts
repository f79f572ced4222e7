import type { Copy } from './console-api.ts'
import type { CopyReading, PendingWrite } from './divergence.ts'
import { toHash } from './session-hash.ts'
import { GATEWAY_FIELDS, SERVER_FIELDS, type SessionRecord } from './session-record.ts'
import type { StateRecordOf, WaitingWrite } from './state-records.ts'

/** Makes comparable readings of the three copies, and says which copy keeps which field. */

type Reading = Extract<CopyReading, { kind: 'read' }>

/**
 * Beside the fields of the hash, in Redis's copy: the session's entry in `hf:{p}:versions`. A takeover loads what this
 * index names, so a session without an entry is missing although its hash is there.
 */
export const INDEX_FIELD = 'versions'

/** The owner's memory. A record that only its gateway has written yet (serverRevision 0) holds no server's field. */
export function serverReading(record: SessionRecord, observedAt: number): Reading {
  const { sid: _, ...values } = record
  if (values.serverRevision > 0) return { kind: 'read', fields: toHash(values), observedAt }
  const gateway = Object.fromEntries(GATEWAY_FIELDS.map((name) => [name, values[name]]))
  return { kind: 'read', fields: toHash(gateway), observedAt }
}

/** What the session's gateway has published of its memory. */
export function gatewayReading(copy: StateRecordOf<'connection'>, observedAt: number): Reading {
  const { fields, player, loginState } = copy
  return { kind: 'read', fields: toHash({ ...fields, player, loginState }), observedAt }
}

/**
 * What Redis answered: the hash (empty for none) and the index entry. `version` undefined: the index was not read; null:
 * it has no entry.
 */
export function redisReading(
  hash: Readonly<Record<string, string>>,
  version: string | null | undefined,
  observedAt: number,
): CopyReading {
  const hasHash = Object.keys(hash).length > 0
  if (!hasHash && !version) return { kind: 'absent', observedAt }
  if (version === undefined) return { kind: 'read', fields: hash, observedAt }
  return { kind: 'read', fields: { ...hash, [INDEX_FIELD]: version ?? '' }, observedAt }
}

/** Whether Redis's copy has the hash itself, not only an index entry. */
export const hasHash = (fields: Readonly<Record<string, string>>): boolean =>
  Object.keys(fields).some((name) => name !== INDEX_FIELD)

/** A takeover would find the session: it has a hash, and an index entry where that was read. */
export const isFoundInRedis = (reading: CopyReading): boolean =>
  reading.kind === 'read' && hasHash(reading.fields) && reading.fields[INDEX_FIELD] !== ''

const GATEWAYS = new Set<string>(GATEWAY_FIELDS)
const KNOWN_FIELDS: readonly string[] = [...GATEWAY_FIELDS, ...SERVER_FIELDS.filter((name) => name !== 'meta')]
const KNOWN = new Set(KNOWN_FIELDS)
/** Server's fields that a gateway keeps too: it knows who it speaks with. */
const SHARED = new Set(['player', 'loginState'])

export const ownerOf = (field: string): 'gateway' | 'server' => (GATEWAYS.has(field) ? 'gateway' : 'server')

const ALL: readonly Copy[] = ['gateway', 'server', 'redis']
const NOT_GATEWAY: readonly Copy[] = ['server', 'redis']
const REDIS_ONLY: readonly Copy[] = ['redis']

/** Copies that keep a field. What neither side knows (a hand has added it) belongs to the server. */
export function holdersOf(field: string): readonly Copy[] {
  if (field === INDEX_FIELD) return REDIS_ONLY
  return GATEWAYS.has(field) || SHARED.has(field) ? ALL : NOT_GATEWAY
}

/** A field's text; '' where the copy has none. Own names only: a hand may have added `constructor`. */
export const textOf = (fields: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(fields, name) ? (fields[name] ?? '') : ''

/** All fields that any copy holds or held, the known ones in their order; none for a session that no copy has. */
export function fieldsOf({ gateway, server, redis }: Readonly<Record<Copy, CopyReading>>): readonly string[] {
  const readings = [gateway, server, redis]
  if (readings.every(({ kind }) => kind === 'absent')) return []
  const others: string[] = []
  for (const copy of readings) {
    if (copy.kind === 'absent') continue
    for (const name in copy.kind === 'read' ? copy.fields : copy.last) if (!KNOWN.has(name)) others.push(name)
  }
  return others.length === 0 ? KNOWN_FIELDS : [...KNOWN_FIELDS, ...new Set(others.sort())]
}

/**
 * What is under way for a session, as `classify` takes it: each side's waiting write, and the answer to a question of the
 * owner's, which may bind the player. Give null for a side whose copy was not read: what a dead process said last will not
 * be written. Dead letters do not count, nobody writes them.
 */
export function pendingWrites(sides: {
  server: { pending: WaitingWrite | null; record: { waitingFor: unknown } | null } | null
  gateway: WaitingWrite | null
}): PendingWrite[] {
  const writes: PendingWrite[] = []
  const { server, gateway } = sides
  if (gateway && !gateway.isDead) writes.push({ side: 'gateway', fields: gateway.fields })
  if (server?.pending && !server.pending.isDead) writes.push({ side: 'server', fields: server.pending.fields })
  if (server?.record?.waitingFor) writes.push({ side: 'server', fields: [...SHARED] })
  return writes
}
