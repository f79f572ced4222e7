import { expect, test } from 'vitest'
import type { SessionRecord, WizardOrder } from '../contracts/index.ts'
import { encode } from '../kafka/envelope.ts'
import { sessionOf } from '../testing/fixtures.ts'
import { a, layLine, typed } from '../testing/line-rig.ts'
import { connectionOf, hashOf, ordered, results, rowsOf } from '../testing/orders.ts'
import type { OrderParts, RedisCopy } from './order-parts.ts'

const memory = sessionOf(a, { serverRevision: 4, player: '#5', playerName: 'Bob', loginState: 'loggedIn', room: '#0' })

/** A line of one session whose copy in Redis a hand has changed. */
function edited(
  edits: Readonly<Record<string, string>>,
  given: Partial<OrderParts> & { session?: SessionRecord } = {},
) {
  const { session = memory, ...parts } = given
  const orders: string[] = []
  const rig = layLine([session], {
    readCopy: () => Promise.resolve({ kind: 'read', hash: hashOf(session, edits), version: '1.1.4' }),
    gateways: {
      isAlive: (gateway) => gateway === 'gateway-1',
      canTell: true,
      order: (gateway, what, sid, more = {}) => orders.push(`${gateway} ${what} ${sid} ${JSON.stringify(more)}`),
    },
    ...parts,
  })
  const connection = connectionOf(session)
  rig.replica.apply({ partition: 5, offset: 0, key: `${a}/gateway`, value: Buffer.from(encode(connection)) })
  const reconcile = async (order: Partial<WizardOrder> = {}) => {
    rig.feed(ordered({ type: 'reconcile', truth: 'owner', ...order }))
    await rig.settle()
    const [result] = results(rig.batcher.sent).slice(-1)
    return { outcome: result?.outcome, detail: result?.detail, rows: rowsOf(result?.plan ?? []) }
  }
  return { ...rig, orders, reconcile }
}

test('writes what the owner is right about, and says which fields', async () => {
  const { reconcile, owned } = edited({ room: '#9', extra: 'x' })
  expect(await reconcile()).toEqual({
    outcome: 'done',
    detail: '2 fields to Redis',
    rows: ['room -> redis: #9 -> #0', 'extra -> redis: x -> null'],
  })
  expect(owned.dirty.pendingFields(a)).toEqual(['room', 'extra', 'commandIds'])
})

test('changes nothing by a dry run, not even the version that the next command expects', async () => {
  const { reconcile, owned, orders, batcher } = edited({ room: '#9', width: '99' })
  for (const truth of ['owner', 'redis'] as const) {
    const { outcome, rows } = await reconcile({ truth, dryRun: true, commandId: truth })
    expect(outcome).toBe('done')
    expect(rows).not.toEqual([])
  }
  expect(owned.sessions.get(a)).toEqual(memory)
  expect(owned.dirty.size).toBe(0)
  expect(orders).toEqual([])
  expect(batcher.sent.map(({ topic }) => topic)).toEqual(['holdfast.audit', 'holdfast.audit'])
})

test('orders the gateway that holds the socket to write its own again', async () => {
  const { reconcile, orders, owned } = edited({ host: 'forged' })
  expect(await reconcile()).toMatchObject({ outcome: 'done', detail: '1 field to Redis' })
  expect(orders).toEqual([`gateway-1 refresh ${a} {}`])
  expect(owned.dirty.pendingFields(a)).toEqual(['commandIds'])
})

test('writes a detached session’s fields itself', async () => {
  const session = { ...memory, status: 'detached' as const, detachedUntil: 9 }
  const { reconcile, orders, owned } = edited({ host: 'forged' }, { session })
  expect(await reconcile()).toMatchObject({ outcome: 'done' })
  expect(orders).toEqual([])
  expect(owned.dirty.entries().get(a)?.rewrite).toBe('1.1.detached.gateway-1')
})

test('takes Redis’s word into memory, publishes it at once and tells the gateway', async () => {
  const rig = edited({ player: '#7', playerName: 'Eve', 'meta:color': 'on', width: '99' })
  expect(await rig.reconcile({ truth: 'redis' })).toMatchObject({
    outcome: 'done',
    detail: '4 fields to server memory, 1 field to gateway memory',
  })
  expect(rig.owned.sessions.get(a)).toMatchObject({ player: '#7', playerName: 'Eve', width: 99, meta: { color: 'on' } })
  expect(rig.replica.ofPlayer('#7')).toHaveLength(1)
  expect(rig.outputs()).toMatchObject([{ to: [a], data: [{ kind: 'bind', player: '#7', playerName: 'Eve' }] }])
  expect(rig.orders).toEqual([`gateway-1 adopt ${a} {"fields":{"width":99}}`])
  expect(rig.batcher.sent.map(({ topic }) => topic)).toContain('holdfast.state')
})

test('takes nothing from Redis that the game could not play with', async () => {
  const { reconcile, owned } = edited({ room: 'nowhere' }, { problemOf: ({ room }) => `no such room: ${room}` })
  expect(await reconcile({ truth: 'redis' })).toMatchObject({ outcome: 'refused', detail: 'no such room: nowhere' })
  expect(owned.sessions.get(a)?.room).toBe('#0')
})

test('is refused while Redis cannot be read, or nobody can tell which gateways live', async () => {
  const away: RedisCopy = { kind: 'unavailable', problem: 'Command timed out' }
  const { reconcile, owned } = edited({}, { readCopy: () => Promise.resolve(away) })
  expect(await reconcile()).toMatchObject({ outcome: 'refused', detail: 'Redis does not answer: Command timed out' })
  expect(owned.dirty.pendingFields(a)).toEqual(['commandIds'])
  const gateways = { isAlive: () => false, canTell: false, order: () => undefined }
  expect(await edited({ room: '#9' }, { gateways }).reconcile()).toMatchObject({ outcome: 'refused' })
})

test('holds the line while Redis is read, and does nothing when ownership ends meanwhile', async () => {
  const reading = Promise.withResolvers<RedisCopy>()
  const { feed, settle, game, life, batcher, owned } = edited({}, { readCopy: () => reading.promise })
  feed(ordered({ type: 'reconcile', truth: 'owner' }), typed(1, 'say later'))
  await settle()
  expect(game.heard).toEqual([])
  life.isCurrent = false
  reading.resolve({ kind: 'read', hash: {}, version: null })
  await settle()
  expect(results(batcher.sent)).toEqual([])
  expect(owned.dirty.size).toBe(0)
  expect(owned.next).toBe(0)
})

test('says a result only when Redis has what was ordered, or says that it has not', async () => {
  const storing = Promise.withResolvers<'stored' | 'unavailable'>()
  const writes = { store: () => storing.promise, retryNow: () => undefined, drop: () => null }
  const { feed, settle, owned, batcher } = edited({ room: '#9' }, { writes })
  feed(ordered({ type: 'reconcile', truth: 'owner' }))
  await settle()
  expect(owned.dirty.pendingFields(a)).toEqual(['room'])
  expect(results(batcher.sent)).toEqual([])
  expect(owned.next).toBe(0)
  storing.resolve('unavailable')
  await settle()
  expect(results(batcher.sent)).toMatchObject([
    { outcome: 'done', detail: expect.stringContaining('not taken it yet') },
  ])
})

test('says nothing when ownership ends while it is stored: the next owner does', async () => {
  const storing = Promise.withResolvers<'stored' | 'unavailable'>()
  const writes = { store: () => storing.promise, retryNow: () => undefined, drop: () => null }
  const { feed, settle, life, batcher, owned } = edited({ room: '#9' }, { writes })
  feed(ordered({ type: 'reconcile', truth: 'owner' }))
  await settle()
  life.isCurrent = false
  storing.resolve('stored')
  await settle()
  expect(results(batcher.sent)).toEqual([])
  expect(owned.orders.size).toBe(0)
})

test('says gone when the session is found dead while Redis is read', async () => {
  const reading = Promise.withResolvers<RedisCopy>()
  const { feed, settle, owned, batcher } = edited({}, { readCopy: () => reading.promise })
  feed(ordered({ type: 'reconcile', truth: 'owner' }))
  await settle()
  owned.sessions.remove(a)
  reading.resolve({ kind: 'read', hash: {}, version: null })
  await settle()
  expect(results(batcher.sent)).toMatchObject([{ outcome: 'gone' }])
})
