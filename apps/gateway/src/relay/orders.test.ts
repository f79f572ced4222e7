import type { ControlRecordOf, Sid } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { createRegistry } from '../connections/registry.ts'
import { connectionRig, sidOf } from '../testing/connection-rig.ts'
import { fakeBoard } from '../testing/fake-board.ts'
import { obeyOrders } from './orders.ts'

function ordersRig() {
  const registry = createRegistry()
  const rigs = [1, 2].map((number) => connectionRig({ number }))
  for (const { connection } of rigs) registry.add(connection)
  const [one, two] = rigs
  if (!one || !two) throw new Error('no connections')
  one.connection.established() // the other one is being registered
  const did: string[] = []
  const fake = fakeBoard()
  const name = (sid: Sid): number => [0, 1, 2].find((number) => sidOf(number) === sid) ?? -1
  const orders = obeyOrders({
    board: fake.board,
    registry,
    inbound: {
      introduce: ({ sid, fields }, stored) => did.push(`introduce ${name(sid)} ${fields.gatewayRevision} ${stored}`),
    },
    ownFields: {
      mark: (sid, fields) => did.push(`mark ${name(sid)} ${fields}`),
      retry: (sids) => did.push(`retry ${sids.map(name)}`),
    },
    copies: {
      changed: (sid) => did.push(`changed ${name(sid)}`),
      publish: (sid) => did.push(`publish ${name(sid)}`),
    },
    incarnation: 'gateway-1',
  })
  const order = (what: ControlRecordOf<'order'>['what'], rest: Partial<ControlRecordOf<'order'>> = {}) =>
    fake.say({
      v: 1,
      kind: 'order',
      at: 0,
      from: 'server-1',
      gateway: 'gateway-1',
      what,
      sids: [sidOf(1), sidOf(2), sidOf(3)],
      ...rest,
    })
  return { orders, order, did, fake, one: one.connection, changes: one.changes }
}

test('introduces a connection again with its present fields, and none that is unknown or being registered', () => {
  const { order, did, one } = ordersRig()
  one.fields.gatewayRevision = 4
  order('introduce')
  expect(did).toEqual(['introduce 1 4 false'])
})

test('refreshes log, Redis and copy under a new revision, above one that a hand has raised', () => {
  const { order, did, one } = ordersRig()
  order('refresh')
  expect(did).toEqual(['introduce 1 2 false', 'mark 1 *', 'changed 1'])
  order('refresh', { above: 40 })
  expect(one.fields.gatewayRevision).toBe(41)
})

test('publishes a copy, and tries what waits, when that is ordered', () => {
  const { order, did } = ordersRig()
  order('publish')
  order('retry')
  expect(did).toEqual(['publish 1', 'retry 1'])
})

test('adopts what a wizard holds for right, as a change of its own', () => {
  const { order, one, changes } = ordersRig()
  order('adopt', { fields: { width: 132 }, above: 7 })
  expect(one.fields).toMatchObject({ width: 132, height: null, gatewayRevision: 8 })
  expect(changes).toEqual([{ width: 132 }])
})

test('obeys nothing that another gateway is told, that comes after the end, or after the stop', () => {
  const { order, orders, did, fake, one } = ordersRig()
  order('publish', { gateway: 'gateway-2' })
  one.gone()
  order('publish')
  orders.close()
  expect([did, fake.listeners]).toEqual([[], 0])
})
