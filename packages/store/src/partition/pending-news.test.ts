import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { type Sid, type StateRecordOf, stateRecordSchema } from '../contracts/index.ts'
import { createStateReplica } from '../replica/state-replica.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { quietLife } from '../testing/quiet-life.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import { createOutbox } from './outbox.ts'
import { publishCopy } from './publish-copy.ts'
import { PENDING_NEWS_PER_S, startStatePublisher } from './state-publisher.ts'

/** What others learn of writes that wait, while nobody plays. */

const PARTITIONS = [5, 6]

function setUp(sessionsEach: number) {
  const clock = manualClock(AT)
  const batcher = recordingBatcher()
  const replica = createStateReplica()
  const lives = PARTITIONS.map((partition) => quietLife(partition, clock))
  const sids = PARTITIONS.map((partition) => sidsOf(partition, sessionsEach))
  for (const [at, { owned }] of lives.entries())
    for (const sid of sids[at] ?? []) owned.sessions.put(sessionOf(sid), true)
  const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: () => 0 })
  const publisher = startStatePublisher({ clock, lives: () => lives, outbox, replica })
  let read = 0
  /** Copies published since the last call. */
  const news = (): StateRecordOf<'session'>[] => {
    const records = batcher.sent.slice(read).map(({ value }) => stateRecordSchema.parse(JSON.parse(value ?? '')))
    read = batcher.sent.length
    return records.flatMap((record) => (record.kind === 'session' ? [record] : []))
  }
  const markAll = (): void => {
    for (const { owned } of lives) for (const session of owned.sessions.values()) owned.dirty.mark(session.sid, 'room')
  }
  const failAll = (error: string): void => {
    for (const { owned } of lives) owned.dirty.putBack(owned.dirty.take(), error)
  }
  const storeAll = (): void => {
    for (const { owned } of lives) owned.dirty.settle(owned.dirty.take())
  }
  const [first] = lives
  if (!first) throw new Error('no life')
  return { clock, lives, owned: first.owned, outbox, publisher, news, markAll, failAll, storeAll }
}

const pendingOf = (records: readonly StateRecordOf<'session'>[]): Map<Sid, unknown> =>
  new Map(records.map(({ record, pending }) => [record.sid, pending]))

test('says nothing of a write that is stored within its ordinary delay', async () => {
  const { clock, owned, outbox, news, markAll, storeAll } = setUp(1)
  markAll()
  const [session] = owned.sessions.values()
  if (!session) throw new Error('no session')
  publishCopy(owned, session, outbox, clock) // as the line does when somebody moves
  expect(news()).toMatchObject([{ pending: null }])
  storeAll()
  await clock.advance(5_000)
  expect(news()).toEqual([])
})

test('tells within two seconds of an outage what waits and why, and that it waits no longer', async () => {
  const { clock, owned, news, markAll, failAll, storeAll } = setUp(100)
  owned.nextTryAt = () => AT + 12_345
  markAll()
  failAll('Redis did not answer in time')
  await clock.advance(1_000)
  const told = pendingOf(news())
  expect(told.size).toBe(200)
  const [sid] = [...owned.sessions.values()].map((session) => session.sid)
  if (!sid) throw new Error('no session')
  expect(told.get(sid)).toEqual({
    fields: ['room'],
    since: AT,
    attempts: 1,
    nextAt: AT + 12_345,
    error: 'Redis did not answer in time',
    isDead: false,
  })
  await clock.advance(3_000)
  expect(news()).toEqual([])
  failAll('no connection to Redis')
  await clock.advance(1_000)
  expect(pendingOf(news()).get(sid)).toMatchObject({
    attempts: 2,
    error: 'no connection to Redis',
  })
  storeAll()
  await clock.advance(1_000)
  expect([...pendingOf(news()).values()]).toEqual(Array.from({ length: 200 }, () => null))
  await clock.advance(10_000)
  expect(news()).toEqual([])
})

test('tells what has waited for a second though nobody has tried it', async () => {
  const { clock, news, markAll } = setUp(1)
  await clock.advance(500)
  markAll()
  await clock.advance(500)
  expect(news()).toEqual([])
  await clock.advance(1_000)
  expect(news()).toMatchObject([{ pending: { attempts: 0 } }, { pending: { attempts: 0 } }])
})

test('tells of a dead letter, of its revival and of its end', async () => {
  const { clock, owned, news } = setUp(1)
  const [session] = owned.sessions.values()
  if (!session) throw new Error('no session')
  owned.sessions.update(session.sid, { room: '#4' })
  const taken = owned.dirty.take()
  owned.dirty.bury(taken, session.sid, 'too large')
  owned.dirty.settle(taken)
  await clock.advance(1_000)
  expect(news()).toMatchObject([{ pending: { isDead: true, error: 'too large' } }])
  owned.dirty.revive(session.sid)
  await clock.advance(1_000)
  expect(news()).toMatchObject([{ pending: { isDead: false } }])
  owned.dirty.settle(owned.dirty.take())
  await clock.advance(1_000)
  expect(news()).toMatchObject([{ pending: null }])
})

test('never tells more than its bound in a second, and everybody in turn: all partitions, all sessions, then all ends', async () => {
  const { clock, news, markAll, failAll, storeAll } = setUp(600)
  markAll()
  failAll('no connection to Redis')
  const told = new Set<Sid>()
  for (let second = 0; second < 3; second++) {
    await clock.advance(1_000)
    const records = news()
    expect(records.length).toBeLessThanOrEqual(PENDING_NEWS_PER_S)
    for (const { record } of records) told.add(record.sid)
  }
  expect(told.size).toBe(1_200)
  storeAll()
  for (let second = 0; second < 3; second++) {
    await clock.advance(1_000)
    const records = news()
    expect(records.length).toBeLessThanOrEqual(PENDING_NEWS_PER_S)
    for (const { record, pending } of records) if (pending === null) told.delete(record.sid)
  }
  expect(told.size).toBe(0)
})

test('tells each of many again after some tries, none forgotten for another', async () => {
  const { clock, news, markAll, failAll } = setUp(400)
  markAll()
  failAll('no connection to Redis')
  await clock.advance(2_000)
  news()
  const tries = new Map<Sid, number>()
  for (let second = 0; second < 10; second++) {
    failAll('no connection to Redis')
    await clock.advance(1_000)
    for (const { record } of news()) tries.set(record.sid, (tries.get(record.sid) ?? 0) + 1)
  }
  expect(tries.size).toBe(800)
  expect(Math.max(...tries.values()) - Math.min(...tries.values())).toBeLessThanOrEqual(2)
})

test('forgets what it told of a session that has ended', async () => {
  const { clock, owned, news, markAll, failAll, storeAll, publisher } = setUp(1)
  markAll()
  failAll('no connection to Redis')
  await clock.advance(1_000)
  expect(news()).toHaveLength(2)
  for (const { sid } of [...owned.sessions.values()]) owned.sessions.remove(sid)
  storeAll()
  await clock.advance(1_000)
  expect(news()).toMatchObject([{ pending: null }])
  expect(owned.told.size).toBe(0)
  publisher.close()
  expect(clock.pendingTimers()).toBe(0)
})
