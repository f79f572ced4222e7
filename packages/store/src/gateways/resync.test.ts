import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { digestOf, outputRecordSchema, type SessionRecord, type Sid, sessionEventSchema } from '../contracts/index.ts'
import { createOutbox } from '../partition/outbox.ts'
import { createOwnedPartition } from '../partition/owned-partition.ts'
import { fakeBoard } from '../testing/fake-board.ts'
import { AT, digest, inventory, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import { createResync } from './resync.ts'

const PARTITION = 5
const G = 'gateway-1'
const [a, b, c] = sidsOf(PARTITION, 3)
if (!a || !b || !c) throw new Error('no sids')

function resyncRig(sessions: readonly SessionRecord[], dead: readonly Sid[] = []) {
  const clock = manualClock(AT)
  const board = fakeBoard(clock)
  const batcher = recordingBatcher()
  const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: () => undefined })
  const makeOwned = () => {
    const one = createOwnedPartition(PARTITION, clock, null)
    Object.assign(one, { epoch: 7, loaded: true, ready: true })
    for (const session of sessions) one.sessions.put({ ...session }, true)
    for (const sid of dead) one.dead.set(sid, AT)
    return one
  }
  const owned = makeOwned()
  const found: string[] = []
  const resync = createResync({
    clock,
    incarnation: 'server-1',
    board,
    outbox,
    events: { onFound: (what, gateway, partition, count) => found.push(`${what} ${gateway} ${partition} ${count}`) },
  })
  const asks = () => board.sent.flatMap((each) => (each.kind === 'ask' ? [each] : []))
  const orders = () =>
    board.sent.flatMap((each) => (each.kind === 'order' ? [[each.gateway, each.what, each.sids] as const] : []))
  const ends = () =>
    batcher.sent
      .filter(({ topic }) => topic === 'holdfast.session')
      .map(({ value }) => sessionEventSchema.parse(JSON.parse(value ?? 'null')))
  const outputs = () =>
    batcher.sent
      .filter(({ topic }) => topic === 'holdfast.out')
      .map(({ value, partition }) => ({ slot: partition, ...outputRecordSchema.parse(JSON.parse(value ?? 'null')) }))
  /** The gateway tells a digest of nothing; the list that is asked for then has this name. */
  const askedAfterMismatch = (offset = 10): string => {
    resync.heard(owned, digest({ from: G }), offset)
    return asks().at(-1)?.id ?? 'none'
  }
  return { clock, owned, makeOwned, resync, found, asks, orders, ends, outputs, askedAfterMismatch }
}

test('asks nothing where a digest is as memory would have it', () => {
  const { resync, owned, asks, found } = resyncRig([sessionOf(a), sessionOf(b, { gateway: 'gateway-2' })])
  resync.heard(owned, digest({ from: G, ...digestOf([[a, 1]]) }), 10)
  expect([asks(), found]).toEqual([[], []])
})

test('asks for the list of that partition at a mismatch, once until it had time to answer', async () => {
  const { clock, resync, owned, asks, found } = resyncRig([sessionOf(a)])
  resync.heard(owned, digest({ from: G }), 10)
  resync.heard(owned, digest({ from: G }), 11)
  expect(asks()).toMatchObject([{ what: 'inventory', gateway: G, partitions: [PARTITION], from: 'server-1' }])
  await clock.advance(5_000)
  resync.heard(owned, digest({ from: G }), 12)
  expect(asks()).toHaveLength(2)
  expect(found).toEqual(Array(3).fill(`mismatch ${G} ${PARTITION} 1`))
})

test('ends a session whose end was lost, by a record that is named after the answer', () => {
  const { resync, owned, ends, orders, askedAfterMismatch, found } = resyncRig([sessionOf(a), sessionOf(b)])
  const ask = askedAfterMismatch()
  resync.heard(owned, inventory({ from: G, ask, held: [[b, 1]] }), 12)
  expect(ends()).toMatchObject([
    { type: 'connection.closed', reason: 'lost', sid: a, connectionEpoch: 1, id: `l:5:12:${a}`, from: 'server-1' },
  ])
  expect([orders(), found.at(-1)]).toEqual([[], `lost ${G} 5 1`])
})

test.each([
  ['another had asked for', 'another'],
  ['nobody had asked for', null],
])('ends none at a list that %s', (_, ask) => {
  const { resync, owned, ends, askedAfterMismatch } = resyncRig([sessionOf(a)])
  askedAfterMismatch()
  resync.heard(owned, inventory({ from: G, ask, held: [] }), 12)
  expect(ends()).toEqual([])
})

test('ends none at a list that a former life of ownership had asked for, nor at the same list twice', () => {
  const { resync, owned, makeOwned, ends, askedAfterMismatch } = resyncRig([sessionOf(a)])
  const ask = askedAfterMismatch()
  resync.heard(makeOwned(), inventory({ from: G, ask, held: [] }), 12)
  expect(ends()).toEqual([])
  resync.heard(owned, inventory({ from: G, ask, held: [] }), 12)
  resync.heard(owned, inventory({ from: G, ask, held: [] }), 12)
  expect(ends()).toHaveLength(1)
})

test('has the gateway introduce what is not known here, and refresh what is known otherwise', () => {
  const { resync, owned, orders, ends, outputs } = resyncRig([sessionOf(b, { gateway: 'gateway-2' })])
  const held: [Sid, number][] = [
    [a, 1],
    [b, 1],
  ]
  resync.heard(owned, inventory({ from: G, held }), 12)
  expect(orders()).toEqual([
    [G, 'introduce', [a]],
    [G, 'refresh', [b]],
  ])
  expect([ends(), outputs()]).toEqual([[], []])
})

test('closes the sockets of sessions that are over, through the gateway’s slot', () => {
  const detached = sessionOf(b, { status: 'detached', detachedUntil: AT + 1 })
  const { resync, owned, outputs, orders } = resyncRig([detached], [a])
  const held: [Sid, number][] = [
    [a, 1],
    [b, 1],
  ]
  resync.heard(owned, inventory({ from: G, slot: 9, held }), 12)
  expect(outputs()).toMatchObject([
    {
      slot: 9,
      to: [a, b],
      data: [{ kind: 'close', reason: 'lease-lost' }],
      cause: { partition: PARTITION, offset: 12, index: 0 },
      epoch: 7,
    },
  ])
  expect(orders()).toEqual([])
})

test('concludes nothing while the log is replayed', () => {
  const { resync, owned, asks, orders, outputs, found } = resyncRig([sessionOf(a)], [b])
  owned.ready = false
  resync.heard(owned, digest({ from: G }), 10)
  resync.heard(owned, inventory({ from: G, held: [[b, 1]] }), 11)
  expect([asks(), orders(), outputs(), found]).toEqual([[], [], [], []])
})

test('asks every gateway about the partitions that became ready together, in one question', async () => {
  const { clock, resync, owned, asks } = resyncRig([])
  resync.ready(owned)
  resync.ready(owned)
  resync.ready({ ...owned, partition: 6 })
  await clock.advance(250)
  expect(asks()).toMatchObject([{ what: 'digest', gateway: null, partitions: [5, 6] }])
  await clock.advance(10_000)
  expect(asks()).toHaveLength(1)
  resync.close()
  expect(clock.pendingTimers()).toBe(0)
})
