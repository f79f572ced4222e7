import type { Effect, GameContext, SessionsView } from '@holdfast/store'
import { createSid, freshServerFields, type OutputPart, type SessionRecord } from '@holdfast/store/contracts'
import type { World } from '../world/world.ts'

/** What tests of commands are played on: sessions as plain records, and a view of them. */

export const AT = 1_700_000_000_000

const ULID_START = '01ARZ3NDEKTSV4RRFFQ69G5'

/** A session with this handle; everything else is as given, or as after a connect. */
export function connected(handle: number, fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    sid: createSid(`${ULID_START}${String(handle).padStart(3, '0')}`),
    handle,
    status: 'connected',
    gateway: 'gateway-1',
    slot: 0,
    connectionEpoch: 1,
    gatewayRevision: 1,
    ip: '192.0.2.1',
    host: 'host.example',
    transport: 'telnet',
    client: null,
    width: null,
    height: null,
    capabilities: [],
    connectedAt: AT - 60_000,
    detachedUntil: null,
    closeReason: null,
    tokenHash: null,
    attachId: null,
    ...freshServerFields(),
    ...fields,
  }
}

/** A session at play. Its handle and its player's dbref are the same number. */
export function playing(handle: number, playerName: string, fields: Partial<SessionRecord> = {}): SessionRecord {
  const bound = { player: `#${handle}`, playerName, loginState: 'loggedIn', boundBy: 1, room: '#0' } as const
  return connected(handle, { ...bound, inputSequence: 1, lastConnectionSignal: AT, ...fields })
}

export function viewOf(sessions: readonly SessionRecord[]): SessionsView {
  const atPlay = sessions.filter((each) => each.loginState === 'loggedIn')
  return {
    get: (sid) => sessions.find((each) => each.sid === sid),
    byHandle: (handle) => sessions.find((each) => each.handle === handle),
    inRoom: (room) => atPlay.filter((each) => each.room === room),
    ofPlayer: (player) => atPlay.filter((each) => each.player === player),
    all: () => sessions,
  }
}

export function contextOf(sessions: readonly SessionRecord[], key = 'i:2'): GameContext {
  return { at: AT, key, isReplay: false, sessions: viewOf(sessions) }
}

/** A world that must not be asked: speech goes on without one. */
export const forbiddenWorld: World = {
  read: () => Promise.reject(new Error('the world was read')),
  change: () => Promise.reject(new Error('the world was changed')),
  settle: () => Promise.reject(new Error('the world was asked')),
  available: () => false,
  close: () => Promise.resolve(),
}

/** A world whose Postgres is away. */
export const awayWorld: World = {
  ...forbiddenWorld,
  read: () => Promise.resolve({ kind: 'unavailable' }),
  change: () => Promise.resolve({ kind: 'unavailable' }),
}

/** What each session is shown, by handle: texts joined, other parts in brackets. */
export function heard(effects: readonly Effect[], sessions: readonly SessionRecord[]): Record<number, string> {
  const told: Record<number, string> = {}
  for (const effect of effects) {
    if (effect.kind !== 'output') continue
    for (const { handle } of sessions.filter((each) => effect.to.includes(each.sid))) {
      told[handle] = (told[handle] ?? '') + effect.parts.map((part) => wordPart(part)).join('')
    }
  }
  return told
}

function wordPart(part: OutputPart): string {
  if (part.kind === 'text' || part.kind === 'prompt') return part.text
  if (part.kind === 'echo') return `[echo ${part.on ? 'on' : 'off'}]`
  return part.kind === 'bind' ? `[bind ${part.playerName}]` : `[close ${part.reason}]`
}

/** The session after the effects: what the state layer would keep. */
export function after(session: SessionRecord, effects: readonly Effect[]): SessionRecord {
  let next = session
  for (const effect of effects) {
    if (effect.kind !== 'set') continue
    const { meta, ...fields } = effect.fields
    const kept = Object.entries({ ...next.meta, ...meta }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    )
    next = { ...next, ...fields, meta: Object.fromEntries(kept) }
  }
  return next
}
