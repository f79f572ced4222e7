import {
  GATEWAY_FIELDS,
  META_PREFIX,
  ownerOf,
  SERVER_FIELDS,
  type ServerFields,
  type SessionRecord,
  type Sid,
  toHash,
  toText,
} from '../contracts/index.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { FlushItem } from '../redis/session-scripts.ts'
import type { DirtyEntry, Taken } from './dirty-set.ts'

/** Sessions in one call of the script; Redis works about 2 ms on so many, and serves nobody else meanwhile. */
export const FLUSH_ITEMS_MAX = 300

/** Former dead letters are sent one by one, unless a wizard has had more than so many tried again at once. */
const SUSPECT_PARTS_MAX = 16

/**
 * The longest value that is ever sent. Redis can be told to take no more than this, and one that is sent more ends the
 * connection, often before its answer is read: what is too large would then look like an outage, for ever.
 */
export const VALUE_BYTES_MAX = 1024 * 1024

export type ItemsOfFlush = {
  /** What goes in one call each; the last one, which carries the offset, may be empty. */
  parts: readonly (readonly FlushItem[])[]
  /** Never sent, and why. */
  tooLarge: readonly { sid: Sid; problem: string }[]
}

/** The present values of what is dirty, as the script takes them. Former dead letters are parts of their own, the first. */
export function itemsOf(owned: OwnedPartition, taken: Taken): ItemsOfFlush {
  const items: FlushItem[] = []
  const suspects: FlushItem[] = []
  const tooLarge: { sid: Sid; problem: string }[] = []
  for (const [sid, entry] of taken) {
    const item = itemOf(owned, sid, entry)
    if (!item) continue
    const problem = sizeProblemOf(item)
    if (problem) tooLarge.push({ sid, problem })
    else if (entry.isSuspect) suspects.push(item)
    else items.push(item)
  }
  const apart = chunksOf(suspects, Math.ceil(suspects.length / SUSPECT_PARTS_MAX))
  const together = items.length === 0 ? [[]] : chunksOf(items, FLUSH_ITEMS_MAX)
  return { parts: [...apart, ...together], tooLarge }
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  const chunks: T[][] = []
  for (let first = 0; first < all.length; first += size) chunks.push(all.slice(first, first + size))
  return chunks
}

/** What the script is to do about one session; null where nothing is left to do. */
export function itemOf(owned: OwnedPartition, sid: Sid, entry: DirtyEntry): FlushItem | null {
  const session = owned.sessions.get(sid)
  if (session) return entry.whole ? createOf(session) : updateOf(session, entry)
  if (!entry.ending) return null
  const { connectionEpoch } = entry.ending
  return { operation: 'close', sid, connectionEpoch, gatewayRevision: 0, serverRevision: 0, server: {}, gateway: {} }
}

const NO_FIELDS: Readonly<Record<string, string>> = {}

type Identity = Pick<FlushItem, 'sid' | 'connectionEpoch' | 'gatewayRevision' | 'serverRevision'>

const identityOf = ({ sid, connectionEpoch, gatewayRevision, serverRevision }: SessionRecord): Identity => ({
  sid,
  connectionEpoch,
  gatewayRevision,
  serverRevision,
})

function pick<K extends keyof SessionRecord>(record: SessionRecord, fields: readonly K[]): Partial<SessionRecord> {
  return Object.fromEntries(fields.map((field) => [field, record[field]]))
}

function createOf(session: SessionRecord): FlushItem {
  const server = toHash(pick(session, SERVER_FIELDS))
  return { ...identityOf(session), operation: 'create', server, gateway: toHash(pick(session, GATEWAY_FIELDS)) }
}

function updateOf(session: SessionRecord, entry: DirtyEntry): FlushItem {
  const server: Record<string, string> = {}
  for (const field of entry.fields) {
    if (field.startsWith(META_PREFIX)) server[field] = metaOf(session, field.slice(META_PREFIX.length))
    else if (isServerField(field)) server[field] = toText(session[field])
    else if (ownerOf(field) === 'server') server[field] = '' // nobody keeps it: a hand has put it into Redis
  }
  const { sid, connectionEpoch, gatewayRevision, serverRevision } = session
  const { rewrite } = entry
  if (rewrite === null)
    return { operation: 'update', sid, connectionEpoch, gatewayRevision, serverRevision, server, gateway: NO_FIELDS }
  const gateway = toHash(pick(session, GATEWAY_FIELDS))
  return { ...identityOf(session), operation: 'rewrite', server, gateway, seen: rewrite }
}

/** Own keys only: a player may name a key `constructor`. */
const metaOf = ({ meta }: SessionRecord, key: string): string => (Object.hasOwn(meta, key) ? (meta[key] ?? '') : '')

type PlainField = Exclude<keyof ServerFields, 'meta'>
const PLAIN_FIELDS: ReadonlySet<string> = new Set(SERVER_FIELDS.filter((field) => field !== 'meta'))
const isServerField = (field: string): field is PlainField => PLAIN_FIELDS.has(field)

function sizeProblemOf({ server, gateway }: FlushItem): string | null {
  for (const values of [server, gateway]) {
    for (const field in values) {
      const value = values[field] ?? ''
      // Three bytes a character at most: most values need no counting.
      if (value.length * 3 <= VALUE_BYTES_MAX) continue
      const bytes = Buffer.byteLength(value)
      if (bytes > VALUE_BYTES_MAX) return `the value of ${field} has ${bytes} bytes, more than ${VALUE_BYTES_MAX}`
    }
  }
  return null
}
