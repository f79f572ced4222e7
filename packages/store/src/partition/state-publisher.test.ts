import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { type StateRecord, stateRecordSchema } from '../contracts/index.ts'
import { TOMBSTONE_KEPT_MS } from '../redis/partition-loader.ts'
import { createStateReplica } from '../replica/state-replica.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { quietLife } from '../testing/quiet-life.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import { createOutbox } from './outbox.ts'
import { startStatePublisher } from './state-publisher.ts'

/** Its turn comes at whole seconds. */
const P = 20

function setUp() {
  const clock = manualClock(AT)
  const batcher = recordingBatcher()
  const replica = createStateReplica()
  const life = quietLife(P, clock)
  const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: () => 0 })
  const publisher = startStatePublisher({ clock, lives: () => [life], outbox, replica })
  const published = (): StateRecord[] =>
    batcher.sent.flatMap(({ value }) => (value === null ? [] : [stateRecordSchema.parse(JSON.parse(value))]))
  return { clock, batcher, replica, life, publisher, published }
}

test('publishes what was active, and behind it how far that reaches', async () => {
  const { clock, life, published } = setUp()
  const [sid] = sidsOf(P, 1)
  if (!sid) throw new Error('no sid')
  life.owned.sessions.put(sessionOf(sid), true)
  life.owned.sessions.update(sid, { commandCount: 3 })
  life.active.add(sid)
  await clock.advance(1_000)
  expect(published()).toMatchObject([
    { kind: 'session', epoch: 7, record: { sid, commandCount: 3 }, pending: { fields: ['commandCount'] } },
    { kind: 'position', epoch: 7, partition: P, offset: 40 },
  ])
})

test('says nothing again while nothing happens', async () => {
  const { clock, life, published } = setUp()
  await clock.advance(10_000)
  expect(published()).toHaveLength(1)
  life.owned.next = 41
  await clock.advance(1_000)
  expect(published()).toHaveLength(2)
})

test('publishes each partition once a second, whatever its turn, and also when the timer comes late', async () => {
  for (const partition of [0, 7, 39, 63]) {
    const clock = manualClock(AT)
    const batcher = recordingBatcher()
    const life = quietLife(partition, clock)
    const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: () => 0 })
    const late = { ...clock, setInterval: (fn: () => void) => clock.setInterval(fn, 700) }
    for (const each of [clock, late]) {
      const replica = createStateReplica()
      const publisher = startStatePublisher({ clock: each, lives: () => [life], outbox, replica })
      const before = batcher.sent.length
      for (let second = 0; second < 7; second++) {
        life.owned.next++
        await clock.advance(1_000)
      }
      expect(batcher.sent.length - before, `partition ${partition}`).toBeGreaterThanOrEqual(6)
      expect(batcher.sent.length - before, `partition ${partition}`).toBeLessThanOrEqual(7)
      publisher.close()
    }
  }
})

test('says nothing of a partition that is not loaded', async () => {
  const { clock, life, published } = setUp()
  life.owned.loaded = false
  await clock.advance(5_000)
  expect(published()).toEqual([])
})

test('lets compaction forget what ended 48 hours ago, and nothing younger', async () => {
  const { clock, batcher, replica, life, publisher } = setUp()
  const [old, young] = sidsOf(P, 2)
  if (!old || !young) throw new Error('no sids')
  const now = clock.now() + 600_000
  for (const [sid, at] of [
    [old, now - TOMBSTONE_KEPT_MS - 1],
    [young, now - TOMBSTONE_KEPT_MS + 1],
  ] as const) {
    life.owned.dead.set(sid, at)
    replica.endOwn(sid, 7, at)
  }
  await clock.advance(600_000)
  expect(batcher.sent.filter(({ value }) => value === null).map(({ key }) => key)).toEqual([
    `${old}/server`,
    `${old}/gateway`,
  ])
  expect([...life.owned.dead.keys()]).toEqual([young])
  expect([...replica.endedOf(P).keys()]).toEqual([young])
  publisher.close()
  expect(clock.pendingTimers()).toBe(0)
})
