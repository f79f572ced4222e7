import { expect, test } from 'vitest'
import { sessionOf } from '../testing/fixtures.ts'
import { a } from '../testing/line-rig.ts'
import { connectionOf, copiesOf, hashOf, rowsOf } from '../testing/orders.ts'
import { planByOwner } from './reconcile-by-owner.ts'
import type { ReconcileCopies } from './reconcile-plan.ts'

const memory = sessionOf(a, {
  serverRevision: 4,
  player: '#5',
  playerName: 'Bob',
  loginState: 'loggedIn',
  room: '#0',
  meta: { color: 'on' },
})
const copies = (given: Partial<ReconcileCopies> = {}) => copiesOf({ memory, ...given })
const inRedis = (edits: Readonly<Record<string, string>>) => ({ hash: hashOf(memory, edits), version: '1.1.4' })

function planned(given: Partial<ReconcileCopies>) {
  const plan = planByOwner(copies(given))
  if (plan.kind === 'refused') throw new Error(plan.detail)
  return { rows: rowsOf(plan.plan), steps: plan.steps }
}

test('changes nothing where the copies agree', () => {
  expect(planned({})).toEqual({ rows: [], steps: [] })
})

test('writes server fields that a hand has changed, added or taken from Redis', () => {
  const redis = inRedis({ room: '#9', player: '', 'meta:color': 'off', 'meta:mine': '1', extra: 'x' })
  expect(planned({ redis })).toEqual({
    rows: [
      'player -> redis: null -> #5',
      'room -> redis: #9 -> #0',
      'meta:color -> redis: off -> on',
      'meta:mine -> redis: 1 -> null',
      'extra -> redis: x -> null',
    ],
    steps: [{ kind: 'write', fields: ['player', 'room', 'meta:color', 'meta:mine', 'extra'] }],
  })
})

test('leaves to a write what that write is on its way for', () => {
  const redis = inRedis({ room: '#9', 'meta:color': 'off' })
  expect(planned({ redis, pending: new Set(['room']) }).rows).toEqual(['meta:color -> redis: off -> on'])
  expect(planned({ redis, pending: new Set(['*']) }).rows).toEqual([])
})

test('writes a record whole that Redis has lost, once', () => {
  const redis = { hash: {}, version: null }
  expect(planned({ redis })).toMatchObject({ steps: [{ kind: 'write-whole' }] })
  expect(planned({ redis }).rows).toHaveLength(1)
  expect(planned({ redis, pending: new Set(['*']) })).toEqual({ rows: [], steps: [] })
})

test('makes an index entry anew that is gone or says something else than its record', () => {
  for (const version of [null, '1.1.3', '7.7.7']) {
    expect(planned({ redis: { hash: hashOf(memory), version } })).toEqual({
      rows: [`versions -> redis: ${version} -> 1.1.4`],
      steps: [{ kind: 'write-whole' }],
    })
  }
  const redis = { hash: { ...hashOf(memory), room: '#99' }, version: '7.7.7' }
  expect(planned({ redis }).steps).toEqual([{ kind: 'write-whole' }])
})

test('has the gateway write its fields again where Redis or memory has others', () => {
  expect(planned({ redis: inRedis({ width: '999', client: 'Forged' }) })).toEqual({
    rows: ['client -> redis: Forged -> null', 'width -> redis: 999 -> null'],
    steps: [{ kind: 'refresh', above: null }],
  })
  expect(planned({ connection: connectionOf(memory, { width: 132 }), redis: inRedis({ width: '132' }) })).toEqual({
    rows: ['width -> server: null -> 132'],
    steps: [{ kind: 'refresh', above: null }],
  })
})

test('has it write under a revision above one that a hand has raised', () => {
  expect(planned({ redis: { hash: hashOf(memory, { gatewayRevision: '50' }), version: '1.50.4' } })).toEqual({
    rows: ['gatewayRevision -> redis: 50 -> 1'],
    steps: [{ kind: 'refresh', above: 50 }],
  })
})

test('leaves the gateway’s own waiting writes to it', () => {
  const connection = connectionOf(memory, { width: 132, gatewayRevision: 2 })
  connection.pending = { fields: ['width'], since: 0, attempts: 1, nextAt: null, error: null, isDead: false }
  const moved = { ...memory, width: 132, gatewayRevision: 2 }
  const { rows } = planned({ memory: moved, connection, redis: inRedis({}) })
  expect(rows).toEqual(['gatewayRevision -> redis: 1 -> 2'])
})

test('takes memory’s word for the gateway’s where memory has heard more than was published', () => {
  const moved = { ...memory, width: 132, gatewayRevision: 2 }
  const redis = { hash: hashOf(moved), version: '1.2.4' }
  expect(planned({ memory: moved, connection: connectionOf(memory), redis })).toEqual({ rows: [], steps: [] })
})

test('writes itself what no gateway can: its fence is broken, or it is gone', () => {
  const broken = inRedis({ status: 'detached', width: '999' })
  expect(planned({ redis: broken })).toMatchObject({
    rows: ['status -> redis: detached -> connected', 'width -> redis: 999 -> null'],
    steps: [{ kind: 'take-connection' }, { kind: 'rewrite', seen: '1.1.detached.gateway-1' }],
  })
  const detached = { ...memory, status: 'detached' as const, detachedUntil: 5 }
  expect(planned({ memory: detached, connection: null, isHeld: false, redis: inRedis({}) })).toEqual({
    rows: ['status -> redis: connected -> detached', 'detachedUntil -> redis: null -> 5'],
    steps: [{ kind: 'rewrite', seen: '1.1.connected.gateway-1' }],
  })
})

test('is refused where Redis has a newer connection at a gateway that lives', () => {
  const redis = { hash: hashOf(memory, { connectionEpoch: '2', gateway: 'gateway-2' }), version: '2.1.4' }
  expect(planByOwner(copies({ redis })).kind).toBe('refused')
  expect(planByOwner(copies({ redis, isAlive: (gateway) => gateway === 'gateway-1' })).kind).toBe('planned')
})

test('tells the gateway who the session is where it thinks otherwise', () => {
  const connection = { ...connectionOf(memory), player: null, loginState: 'connected' as const }
  expect(planned({ connection })).toEqual({
    rows: ['player -> gateway: null -> #5', 'loginState -> gateway: connected -> loggedIn'],
    steps: [{ kind: 'bind' }],
  })
})
