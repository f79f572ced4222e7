import { expect, test } from 'vitest'
import { sessionOf } from '../testing/fixtures.ts'
import { a } from '../testing/line-rig.ts'
import { connectionOf, copiesOf, hashOf, rowsOf } from '../testing/orders.ts'
import { planByRedis } from './reconcile-by-redis.ts'
import type { ReconcileCopies } from './reconcile-plan.ts'

const memory = sessionOf(a, {
  serverRevision: 4,
  inputSequence: 9,
  player: '#5',
  playerName: 'Bob',
  loginState: 'loggedIn',
  room: '#0',
  meta: { color: 'on' },
})
const inRedis = (edits: Readonly<Record<string, string>>) => ({ hash: hashOf(memory, edits), version: '1.1.4' })
const planOf = (given: Partial<ReconcileCopies>) => planByRedis(copiesOf({ memory, ...given }))

function planned(given: Partial<ReconcileCopies>) {
  const plan = planOf(given)
  if (plan.kind === 'refused') throw new Error(plan.detail)
  return { rows: rowsOf(plan.plan), steps: plan.steps }
}

test('changes nothing where the copies agree', () => {
  expect(planned({})).toEqual({ rows: [], steps: [] })
})

test('takes server fields and metadata into memory, gone ones too', () => {
  const redis = inRedis({ room: '#9', 'meta:color': '', 'meta:mine': '1', hidden: 'true' })
  expect(planned({ redis })).toEqual({
    rows: [
      'hidden -> server: false -> true',
      'room -> server: #0 -> #9',
      'meta:color -> server: on -> null',
      'meta:mine -> server: null -> 1',
    ],
    steps: [{ kind: 'take', change: { hidden: true, room: '#9' }, meta: { color: null, mine: '1' } }],
  })
})

test('tells the gateway of another binding', () => {
  expect(planned({ redis: inRedis({ player: '#7', playerName: 'Eve' }) }).steps).toEqual([
    { kind: 'take', change: { player: '#7', playerName: 'Eve' }, meta: {} },
    { kind: 'bind' },
  ])
})

test('never sets back, or forward, what only the log says', () => {
  const redis = inRedis({ inputSequence: '2', serverRevision: '1', commandIds: 'x', waitingFor: '' })
  expect(planned({ redis })).toEqual({
    rows: [
      'inputSequence -> server: 9 -> 2 (only the log says this)',
      'commandIds -> server: null -> x (only the log says this)',
      'serverRevision -> server: 4 -> 1 (only the log says this)',
    ],
    steps: [],
  })
})

test('leaves to a write what that write is on its way for', () => {
  expect(planned({ redis: inRedis({ room: '#9' }), pending: new Set(['room']) })).toEqual({
    rows: ['room -> server: #0 -> #9 (a write of it is on its way)'],
    steps: [],
  })
})

test('gives the gateway what a client may tell anew, and leaves who the connection is', () => {
  const redis = inRedis({ width: '100', client: 'Mudlet', ip: '203.0.113.9', slot: '5' })
  expect(planned({ redis })).toEqual({
    rows: [
      'slot -> server: 0 -> 5 (only the gateway says this)',
      'ip -> server: 192.0.2.1 -> 203.0.113.9 (only the gateway says this)',
      'client -> gateway: null -> Mudlet',
      'client -> server: null -> Mudlet',
      'width -> gateway: null -> 100',
      'width -> server: null -> 100',
    ],
    steps: [
      { kind: 'adopt', fields: { client: 'Mudlet', width: 100 }, above: null },
      { kind: 'take-connection', fields: { client: 'Mudlet', width: 100 } },
    ],
  })
})

test('has it adopted above a revision that a hand has raised', () => {
  const redis = { hash: hashOf(memory, { width: '100', gatewayRevision: '50' }), version: '1.50.4' }
  expect(planned({ redis }).steps).toContainEqual({ kind: 'adopt', fields: { width: 100 }, above: 50 })
})

test('asks no gateway that is gone', () => {
  const detached = { ...memory, status: 'detached' as const }
  const redis = { hash: hashOf(detached, { width: '100' }), version: '1.1.4' }
  expect(planned({ memory: detached, connection: null, isHeld: false, redis }).steps).toEqual([
    { kind: 'take-connection', fields: { width: 100 } },
  ])
  const held = { memory, connection: connectionOf(memory, { width: 100 }), redis: inRedis({ width: '100' }) }
  expect(planned(held).steps).toEqual([{ kind: 'take-connection', fields: { width: 100 } }])
})

test('says that nobody keeps a field that a hand has made up', () => {
  expect(planned({ redis: inRedis({ extra: 'x' }) })).toEqual({
    rows: ['extra -> server: null -> x (nobody keeps this field)'],
    steps: [],
  })
})

test.each([
  ['no record', { hash: {}, version: null }, 'no record'],
  ['a field that is no number', inRedis({ commandCount: 'many' }), 'commandCount'],
  ['half a binding', inRedis({ room: '' }), 'logged in without'],
  ['a player without a login', inRedis({ loginState: 'connected' }), 'not logged in'],
  ['only what its gateway has written', inRedis({ serverRevision: '0' }), 'none of the server’s fields'],
])('is refused where Redis has %s', (_, redis, detail) => {
  expect(planOf({ redis })).toMatchObject({ kind: 'refused', detail: expect.stringContaining(detail) })
})
