import {
  GATEWAY_FIELDS,
  gatewayFieldsSchema,
  type RowTurn,
  type SessionRow,
  type Sid,
  serverFieldsSchema,
  type Verdict,
} from '../contracts/index.ts'
import { isoOf } from './iso.ts'
import { closedOf, type Readings } from './observe.ts'
import type { SessionCopies } from './session-copies.ts'
import type { RestingRow, RowFacts } from './session-keys.ts'
import type { SourceLook } from './source-look.ts'
import { type Texts, textIn, valueIn } from './texts.ts'

const GATEWAYS = new Set<string>(GATEWAY_FIELDS)

/** Where a row takes a field from: its owner's memory, else who else has it. What a session's owner held last, once it ended. */
function sourcesOf({ server, gateway, redis, ended }: SessionCopies): readonly Texts[] {
  const copies = [server?.fields, ended?.last, gateway?.fields, redis?.hash]
  return copies.filter((texts) => texts !== undefined && texts !== null)
}

/** The first value that fits; a ghost's hash may hold anything. */
function fieldIn<T>(
  sources: readonly Texts[],
  name: string,
  schema: { safeParse(value: unknown): { data?: T } },
): T | null {
  for (const texts of sources) {
    const text = textIn(texts, name)
    const value = text === undefined ? undefined : schema.safeParse(valueIn(name, text)).data
    if (value !== undefined) return value
  }
  return null
}

const G = gatewayFieldsSchema.shape
const S = serverFieldsSchema.shape

/** A session's row, and what filters look at beside it. What no copy tells is shown as empty; a ghost may have no more than a key. */
export function rowOf(
  session: SessionCopies,
  { writes }: Readings,
  verdict: Verdict,
  look: SourceLook,
): { row: RestingRow; facts: RowFacts } {
  const { sid, server, ended, partition } = session
  const sources = sourcesOf(session)
  const dbref = fieldIn(sources, 'player', S.player)
  const connectedAt = fieldIn(sources, 'connectedAt', G.connectedAt) ?? timeOfSid(sid)
  const facts: RowFacts = {
    connectedAt,
    signalAt: lastSignal(sources) ?? connectedAt,
    room: fieldIn(sources, 'room', S.room),
    isWizard: fieldIn(sources, 'wizard', S.wizard) ?? false,
    isHidden: fieldIn(sources, 'hidden', S.hidden) ?? false,
  }
  const row: RestingRow = {
    sid,
    handle: fieldIn(sources, 'handle', G.handle) ?? 0,
    version: versionIn(session),
    state: verdict.state,
    missingIn: [...verdict.missingIn],
    odd: [...verdict.odd],
    status: closedOf(session, look) ? 'closed' : (fieldIn(sources, 'status', G.status) ?? 'detached'),
    loginState: fieldIn(sources, 'loginState', S.loginState) ?? 'connected',
    player: dbref === null ? null : { dbref, name: fieldIn(sources, 'playerName', S.playerName) ?? dbref },
    gateway: fieldIn(sources, 'gateway', G.gateway) ?? '',
    server: server ? (look.owner(partition).id ?? server.process) : (ended?.server ?? null),
    transport: fieldIn(sources, 'transport', G.transport) ?? 'telnet',
    ip: fieldIn(sources, 'ip', G.ip) ?? '',
    host: fieldIn(sources, 'host', G.host) ?? '',
    client: fieldIn(sources, 'client', G.client),
    connectedAt: isoOf(connectedAt),
    pending: writes.reduce((sum, { side, write }) => sum + fieldsWaiting(session, side, write.fields), 0),
    drifted: verdict.fields.filter(({ state }) => state === 'drifted').map(({ name }) => name),
  }
  return { row, facts }
}

export const withIdle = (row: RestingRow, { signalAt }: RowFacts, now: number): SessionRow => ({
  ...row,
  idleMs: Math.max(0, Math.round(now - signalAt)),
})

/** Whether two rows are of the same player at the same place, connected or not as before: what no line that is typed changes. */
export const isSamePlace = (a: RestingRow, b: RestingRow): boolean =>
  a.handle === b.handle &&
  a.status === b.status &&
  a.player?.dbref === b.player?.dbref &&
  a.player?.name === b.player?.name &&
  a.gateway === b.gateway &&
  a.server === b.server &&
  a.transport === b.transport &&
  a.ip === b.ip &&
  a.host === b.host &&
  a.client === b.client &&
  a.connectedAt === b.connectedAt

/** What of a row is told where its place stayed. `was`: the version it was told with before. */
export function turnOf(row: SessionRow, was: string): RowTurn {
  const { sid, version, state, missingIn, odd, status, loginState, idleMs, pending, drifted } = row
  return { sid, was, version, state, missingIn, odd, status, loginState, idleMs, pending, drifted }
}

/** Whether two rows show the same, their lists included. */
export function isSameRow(a: RestingRow, b: RestingRow): boolean {
  return (
    a.state === b.state &&
    a.version === b.version &&
    a.status === b.status &&
    a.server === b.server &&
    a.gateway === b.gateway &&
    a.pending === b.pending &&
    JSON.stringify(a) === JSON.stringify(b)
  )
}

function fieldsWaiting(session: SessionCopies, side: 'gateway' | 'server', fields: readonly string[]): number {
  if (!fields.includes('*')) return fields.length
  const names = Object.keys((side === 'server' ? session.server : session.gateway)?.fields ?? {})
  return names.filter((name) => side === 'server' || GATEWAYS.has(name)).length
}

/** The version of the owner's copy, else of Redis's: what a command is compared with. */
export function versionIn({ server, redis, ended, gateway }: SessionCopies): string {
  const texts = server?.fields ?? ended?.last ?? redis?.hash ?? gateway?.fields
  const numbers = ['connectionEpoch', 'gatewayRevision', 'serverRevision'].map((name) => textIn(texts, name) ?? '0')
  return numbers.join('.')
}

/** Every copy may be behind another in this field: the newest counts. */
function lastSignal(sources: readonly Texts[]): number | null {
  let last: number | null = null
  for (const texts of sources) {
    const at = Number(textIn(texts, 'lastConnectionSignal') ?? Number.NaN)
    if (Number.isFinite(at) && at > (last ?? 0)) last = at
  }
  return last
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_LENGTH = 10

/** A ULID begins with the time at which it was made, epoch ms. */
function timeOfSid(sid: Sid): number {
  const ulid = sid.slice(sid.indexOf('-') + 1)
  let time = 0
  for (const character of ulid.slice(0, TIME_LENGTH)) time = time * CROCKFORD.length + CROCKFORD.indexOf(character)
  return time
}
