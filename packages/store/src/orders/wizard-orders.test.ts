import { expect, test } from 'vitest'
import { rememberOrder } from '../partition/owned-partition.ts'
import { AT, closed, sessionOf } from '../testing/fixtures.ts'
import { a, b, layLine, moved } from '../testing/line-rig.ts'
import { ordered, results } from '../testing/orders.ts'
import type { OrderParts } from './order-parts.ts'

test('has the game end a connection, with the wizard’s words, and says so once', async () => {
  const { feed, settle, game, batcher, heard, owned } = layLine()
  const order = ordered({ type: 'disconnect', text: 'Out you go.', reason: 'spam' })
  feed(order, order)
  await settle()
  expect(game.heard).toEqual(['command close', 'closed boot'])
  expect(results(batcher.sent)).toMatchObject([{ id: `c-1:${a}`, commandId: 'c-1', sid: a, outcome: 'done' }])
  expect(heard.filter((each) => each.startsWith('dropped'))).toEqual(['dropped repeat'])
  expect(owned.sessions.get(a)).toBeUndefined()
})

test('says nothing else of an order that comes again after its session has ended', async () => {
  const { feed, settle, game, batcher } = layLine([sessionOf(a, { status: 'detached' })])
  const order = ordered({ type: 'disconnect' })
  feed(order, order, closed({ sid: a, reason: 'boot' }), order)
  await settle()
  expect(game.heard).toEqual(['command close', 'closed boot'])
  expect(results(batcher.sent).map(({ outcome }) => outcome)).toEqual(['done'])
})

test('answers for a session that is unknown or has ended', async () => {
  const { feed, settle, game, batcher } = layLine([sessionOf(a)])
  feed(closed({ sid: a, reason: 'quit' }), ordered({ type: 'message', text: 'Hello' }))
  feed(ordered({ type: 'disconnect' }, b), ordered({ type: 'disconnect' }, b))
  await settle()
  expect(game.heard).toEqual(['closed quit'])
  expect(results(batcher.sent)).toMatchObject([
    { sid: a, outcome: 'gone' },
    { sid: b, outcome: 'gone' },
  ])
})

test('refuses where the session is not as the wizard saw it, says what it is now, and stays by that', async () => {
  const { feed, settle, game, batcher } = layLine([sessionOf(a, { serverRevision: 5 })])
  const order = ordered({ type: 'message', text: 'x', expect: '1.1.4' })
  feed(order, ordered({ type: 'message', text: 'x', expect: '1.1.6', commandId: 'c-2' }), order)
  await settle()
  expect(results(batcher.sent)).toMatchObject([
    { commandId: 'c-1', outcome: 'refused', detail: 'it has changed since: version 1.1.4 -> 1.1.5' },
    { commandId: 'c-2', outcome: 'done' },
  ])
  expect(game.heard).toEqual(['command message'])
})

test('gives the same result again when another owner applies it again, and none for what is stored', async () => {
  const order = ordered({ type: 'disconnect' })
  const first = layLine()
  first.feed(order)
  await first.settle()
  const replay = layLine()
  replay.owned.ready = false
  replay.feed(order)
  await replay.settle()
  const [before, again] = [results(first.batcher.sent), results(replay.batcher.sent)]
  expect(again).toEqual(before)
  expect(replay.outputs()).toEqual(first.outputs())

  const stored = layLine([sessionOf(a, { commandIds: [`c-1:${a}`] })])
  stored.feed(order)
  await stored.settle()
  expect(results(stored.batcher.sent)).toEqual([])
})

test('says the result before the session remembers the order, in one step: no flush can store the one alone', async () => {
  const { feed, settle, batcher, owned } = layLine()
  const remembered: unknown[] = []
  const { send } = batcher
  batcher.send = (record) => {
    if (record.topic === 'holdfast.audit') {
      remembered.push([...(owned.sessions.get(a)?.commandIds ?? [])])
      queueMicrotask(() => remembered.push([...(owned.sessions.get(a)?.commandIds ?? [])]))
    }
    send(record)
  }
  feed(ordered({ type: 'message', text: 'x' }))
  await settle()
  expect(remembered).toEqual([[], [`c-1:${a}`]])
})

test('says that the game failed, and does not try it again', async () => {
  const rig = layLine()
  rig.game.command = () => {
    throw new Error('poison')
  }
  const order = ordered({ type: 'disconnect' })
  rig.feed(order, order)
  await rig.settle()
  expect(results(rig.batcher.sent)).toMatchObject([{ outcome: 'refused', detail: 'the game failed on it' }])
  expect(rig.letters()).toBe(1)
})

test('says so when it cannot go on, and leaves a dead letter', async () => {
  const rig = layLine([sessionOf(a)], {
    recheck: () => {
      throw new Error('a broken invariant')
    },
  })
  rig.feed(ordered({ type: 'recheck' }), ordered({ type: 'message', text: 'x', commandId: 'c-2' }))
  await rig.settle()
  expect(results(rig.batcher.sent).map(({ outcome }) => outcome)).toEqual(['refused', 'done'])
  expect(rig.letters()).toBe(1)
})

test('says that nobody is there to read a message just now', async () => {
  const { feed, settle, batcher } = layLine([sessionOf(a, { status: 'detached' })])
  feed(ordered({ type: 'message', text: 'x' }))
  await settle()
  expect(results(batcher.sent)).toMatchObject([{ outcome: 'done', detail: expect.stringContaining('nobody') }])
})

function writing(dropped: Readonly<Record<string, string>> | null = null) {
  const calls: string[] = []
  const parts: Partial<OrderParts> = {
    gateways: { isAlive: () => true, canTell: true, order: (gateway, what) => calls.push(`${gateway} ${what}`) },
    writes: {
      store: () => Promise.resolve('stored'),
      retryNow: (sid) => calls.push(`retry ${sid}`),
      drop: (sid) => {
        calls.push(`drop ${sid}`)
        return dropped
      },
    },
    recheck: (sid) => calls.push(`recheck ${sid}`),
  }
  return { calls, parts }
}

test('has waiting writes tried at once: those of the side that is meant, or of both', async () => {
  const { calls, parts } = writing()
  const { feed, settle, batcher } = layLine([sessionOf(a)], parts)
  feed(ordered({ type: 'retry', side: 'server' }), ordered({ type: 'retry', side: 'gateway', commandId: 'c-2' }))
  feed(ordered({ type: 'retry', commandId: 'c-3' }))
  await settle()
  expect(calls).toEqual([`retry ${a}`, 'gateway-1 retry', `retry ${a}`, 'gateway-1 retry'])
  expect(results(batcher.sent).map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done'])
})

test('says that nothing was retried while Redis does not answer; of many one waits for it, and each command probes', async () => {
  const { calls, parts } = writing()
  let reads = 0
  const { feed, settle, batcher } = layLine([sessionOf(a), sessionOf(b)], {
    ...parts,
    readCopy: () =>
      Promise.resolve(
        ++reads > 2 ? { kind: 'read', hash: {}, version: null } : { kind: 'unavailable', problem: 'it timed out' },
      ),
  })
  feed(ordered({ type: 'retry', side: 'server' }, a), ordered({ type: 'retry', side: 'server' }, b))
  await settle()
  const detail = 'Redis does not answer: it timed out'
  const refused = { outcome: 'refused', detail }
  expect(results(batcher.sent)).toMatchObject([
    { sid: a, ...refused },
    { sid: b, ...refused },
  ])
  expect([reads, calls]).toEqual([1, [`retry ${a}`]])
  feed(ordered({ type: 'retry', side: 'server', commandId: 'c-2' }), ordered({ type: 'retry', commandId: 'c-3' }))
  await settle()
  expect(results(batcher.sent).slice(2)).toMatchObject([refused, { commandId: 'c-3', outcome: 'done' }])
})

test('gives up a dead letter, with what is lost in the result, and nothing else', async () => {
  const lost = writing({ room: '#4' })
  const one = layLine([sessionOf(a)], lost.parts)
  one.feed(ordered({ type: 'drop', side: 'server' }), ordered({ type: 'drop', side: 'gateway', commandId: 'c-2' }))
  await one.settle()
  expect(results(one.batcher.sent)).toMatchObject([
    { outcome: 'done', dropped: { room: '#4' } },
    { outcome: 'refused' },
  ])
  expect(lost.calls).toEqual([`drop ${a}`])

  const none = writing(null)
  const other = layLine([sessionOf(a)], none.parts)
  other.feed(ordered({ type: 'drop', side: 'server' }))
  await other.settle()
  expect(results(other.batcher.sent)).toMatchObject([{ outcome: 'refused' }])
})

test('has a session looked at again and published, and changes nothing by that', async () => {
  const { calls, parts } = writing()
  const { feed, settle, batcher, owned } = layLine([sessionOf(a)], parts)
  feed(ordered({ type: 'recheck' }))
  await settle()
  expect(calls).toEqual([`recheck ${a}`])
  expect(batcher.sent.filter(({ topic }) => topic === 'holdfast.state')).toHaveLength(1)
  expect(owned.sessions.get(a)?.serverRevision).toBe(1)
  expect(owned.dirty.size).toBe(0)
})

test('remembers so many orders and no more', () => {
  const { owned } = layLine()
  for (let i = 0; i < 5_000; i++) rememberOrder(owned, `order ${i}`)
  expect(owned.orders.size).toBe(2_000)
  expect(owned.orders.has('order 4999')).toBe(true)
  expect(owned.orders.has('order 0')).toBe(false)
})

test('keeps its turn among a session’s other records', async () => {
  const { feed, settle, game, batcher } = layLine()
  feed(moved('m1'), ordered({ type: 'message', text: 'x' }), moved('m2'))
  await settle()
  expect(game.heard).toEqual(['command moved', 'command message', 'command moved'])
  expect(game.contexts[1]).toMatchObject({ at: AT, key: `c:c-1:${a}` })
  expect(results(batcher.sent)).toHaveLength(1)
})
