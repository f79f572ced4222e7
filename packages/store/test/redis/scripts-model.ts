import fc from 'fast-check'
import type { GatewayFields, Sid } from '../../src/contracts/index.ts'
import { type FlushItem, type FlushItemOutcome, seenConnection } from '../../src/redis/session-scripts.ts'
import { sidsOf } from '../../src/testing/fixtures.ts'

/** What the scripts promise, in a few lines of plain code: the random walk compares Redis with this after each step. */

export const PARTITION = 9
export const SIDS = sidsOf(PARTITION, 3)
export const OWNERS = ['server-1', 'server-2'] as const
export const GATEWAYS = ['gateway-1', 'gateway-2'] as const
export type Owner = (typeof OWNERS)[number]
export type Gateway = (typeof GATEWAYS)[number]
type Hash = Record<string, string>

export interface Model {
  sessions: Map<Sid, Hash>
  dead: Map<Sid, number>
  owner: { owner: Owner; epoch: number; offset: number | null; flushSequence: number } | null
  /** What each owner remembers: its fence and the last flush that it saw stored. */
  memory: Record<Owner, { epoch: number; epochBefore: number; acknowledged: number; flushSequence: number }>
  epochMax: number
}

export const emptyModel = (): Model => ({
  sessions: new Map(),
  dead: new Map(),
  owner: null,
  memory: {
    'server-1': { epoch: 0, epochBefore: 0, acknowledged: 0, flushSequence: 0 },
    'server-2': { epoch: 0, epochBefore: 0, acknowledged: 0, flushSequence: 0 },
  },
  epochMax: 0,
})

export function wipe(model: Model): void {
  model.sessions.clear()
  model.dead.clear()
  model.owner = null
}

export const versionIn = (hash: Hash): string =>
  `${hash.connectionEpoch}.${hash.gatewayRevision}.${hash.serverRevision ?? '0'}`

function write(hash: Hash, fields: Readonly<Hash>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (value === '') delete hash[field]
    else hash[field] = value
  }
}

export function register(
  model: Model,
  sid: Sid,
  gateway: Gateway,
  fields: Readonly<Hash>,
): 'stored' | 'dead' | 'taken' {
  if (model.dead.has(sid)) return 'dead'
  const known = model.sessions.get(sid)
  if (known) return known.gateway === gateway && known.connectionEpoch === '1' ? 'stored' : 'taken'
  const hash: Hash = {}
  write(hash, fields)
  model.sessions.set(sid, hash)
  return 'stored'
}

export function gatewaySet(
  model: Model,
  sid: Sid,
  held: { gateway: string; connectionEpoch: number; gatewayRevision: number },
  fields: Readonly<Hash>,
): 'stored' | 'gone' | 'fenced' | 'stale' {
  const hash = model.sessions.get(sid)
  if (!hash) return 'gone'
  const isHeld = hash.gateway === held.gateway && hash.connectionEpoch === String(held.connectionEpoch)
  if (!isHeld || hash.status !== 'connected') return 'fenced'
  if (Number(hash.gatewayRevision) >= held.gatewayRevision) return 'stale'
  write(hash, fields)
  hash.gatewayRevision = String(held.gatewayRevision)
  return 'stored'
}

export function detach(model: Model, sid: Sid, connectionEpoch: number, until: number): 'stored' | 'gone' | 'fenced' {
  const hash = model.sessions.get(sid)
  if (!hash) return 'gone'
  if (hash.connectionEpoch !== String(connectionEpoch)) return 'fenced'
  if (hash.status === 'detached') return 'stored'
  const gatewayRevision = String(Number(hash.gatewayRevision) + 1)
  Object.assign(hash, { status: 'detached', closeReason: 'lost', detachedUntil: String(until), gatewayRevision })
  return 'stored'
}

export interface ModelFlush {
  owner: Owner
  epoch: number
  offset: number
  flushSequence: number
  acknowledged: number
  now: number
  items: readonly FlushItem[]
}

export type ModelOutcome =
  | { kind: 'stored'; items: FlushItemOutcome[] }
  | { kind: 'fenced' }
  | { kind: 'repeated' }
  | { kind: 'rolled-back'; flushSequence: number }

export function flush(model: Model, given: ModelFlush): ModelOutcome {
  const { owner } = model
  if (owner?.owner !== given.owner || owner.epoch !== given.epoch) return { kind: 'fenced' }
  if (owner.flushSequence < given.acknowledged) return { kind: 'rolled-back', flushSequence: owner.flushSequence }
  if (given.flushSequence <= owner.flushSequence) return { kind: 'repeated' }
  const items = given.items.map((item) => flushItem(model, item, given.now))
  owner.flushSequence = given.flushSequence
  if (given.offset > (owner.offset ?? -1)) owner.offset = given.offset
  return { kind: 'stored', items }
}

function flushItem(model: Model, item: FlushItem, now: number): FlushItemOutcome {
  const { sid, operation } = item
  const hash = model.sessions.get(sid)
  if (operation === 'close') {
    if (hash && Number(hash.connectionEpoch) > item.connectionEpoch) return 'newer-connection'
    model.sessions.delete(sid)
    model.dead.set(sid, now)
    return 'stored'
  }
  if (model.dead.has(sid)) return 'dead'
  if (!hash && (operation === 'update' || operation === 'rewrite')) return 'gone'
  const target = hash ?? {}
  const isOlder =
    operation === 'create' &&
    (Number(target.connectionEpoch) < item.connectionEpoch ||
      (Number(target.connectionEpoch) === item.connectionEpoch &&
        Number(target.gatewayRevision) < item.gatewayRevision))
  const isAsSeen = operation === 'rewrite' && seenConnection(target) === item.seen
  if (hash && operation === 'create') {
    for (const field of Object.keys(hash)) if (field.startsWith('meta:')) delete hash[field]
  }
  write(target, item.server)
  if (!hash || isAsSeen || isOlder) write(target, item.gateway)
  target.serverRevision = String(item.serverRevision)
  model.sessions.set(sid, target)
  return operation === 'rewrite' && !isAsSeen ? 'not-as-seen' : 'stored'
}

const sid = fc.constantFrom(...SIDS)
const owner = fc.constantFrom(...OWNERS)
const gateway = fc.constantFrom(...GATEWAYS)
const serverValues = fc.record({
  player: fc.constantFrom('#3', '#4', ''),
  room: fc.constantFrom('#0', ''),
  'meta:color': fc.constantFrom('on', ''),
  'meta:size': fc.constantFrom('1', '2', ''),
})
const item = fc.record({
  sid,
  operation: fc.constantFrom<FlushItem['operation'][]>(
    'update',
    'update',
    'create',
    'create',
    'close',
    'rewrite',
    'rewrite',
  ),
  /** How far the owner's knowledge of the connection is behind; of a rewrite: whether it saw the record as it is. */
  behind: fc.constantFrom(0, 0, 0, 1),
  /** Of a create: how much newer its gateway fields are than the record's, which was rolled back. */
  ahead: fc.constantFrom(0, 0, 1),
  server: fc.oneof(serverValues, fc.constant<Hash>({})),
})

/** One random step; `again` calls the same script with the same arguments once more. */
export const stepArbitrary = fc.record({
  again: fc.boolean(),
  do: fc.oneof(
    { weight: 3, arbitrary: fc.record({ what: fc.constant('acquire' as const), owner }) },
    { weight: 4, arbitrary: fc.record({ what: fc.constant('register' as const), sid, gateway }) },
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constant('gatewaySet' as const),
        sid,
        gateway,
        behind: fc.constantFrom(0, 0, 1),
        revision: fc.constantFrom(1, 1, 2, 0),
        fields: fc.record({ width: fc.option(fc.nat(300), { nil: null }), host: fc.constantFrom('a', 'b') }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ what: fc.constant('detach' as const), sid, behind: fc.constantFrom(0, 0, 1) }),
    },
    // A newer connection takes the session over, as a resume does.
    { weight: 2, arbitrary: fc.record({ what: fc.constant('reconnect' as const), sid, gateway }) },
    {
      weight: 9,
      arbitrary: fc.record({
        what: fc.constant('flush' as const),
        owner,
        /** Its present fence, the one of its ownership before, or another's that it never got. */
        fence: fc.constantFrom('held', 'held', 'held', 'held', 'older', 'stolen' as const),
        /** Present number, the last one again, or one after a flush that the store has lost. */
        number: fc.constantFrom('next', 'next', 'next', 'repeated', 'ahead' as const),
        offset: fc.integer({ min: -1, max: 50 }),
        items: fc.uniqueArray(item, { maxLength: 3, selector: (each) => each.sid }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('wipe' as const) }) },
  ),
})
export type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never

export const gatewayOf = (handle: number, name: Gateway): Partial<GatewayFields> => ({ handle, gateway: name })
