import { manualClock } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SessionRecord, Sid } from '../../src/contracts/index.ts'
import { createOwnedPartition, markAllDirty } from '../../src/partition/owned-partition.ts'
import type { Redis } from '../../src/redis/create-redis.ts'
import { keys } from '../../src/redis/keys.ts'
import { loadPartition } from '../../src/redis/partition-loader.ts'
import { createSessionScripts, type SessionScripts } from '../../src/redis/session-scripts.ts'
import { AT, gatewayFields, sessionOf, sidsOf } from '../../src/testing/fixtures.ts'
import { flusherEvents } from '../../src/testing/flusher-events.ts'
import { recordingBatcher } from '../../src/testing/stand-ins.ts'
import { createBreaker } from '../../src/write-behind/breaker.ts'
import { createPartitionFlusher } from '../../src/write-behind/partition-flusher.ts'
import { openDatabase } from './own-database.ts'

/** What a hand, or a rollback, has done to the keys of a partition, and that its owner's flushes put it right. */

const PARTITION = 9
const [a, b, c] = threeSids()

function threeSids(): [Sid, Sid, Sid] {
  const [first, second, third] = sidsOf(PARTITION, 3)
  if (!first || !second || !third) throw new Error('no sids')
  return [first, second, third]
}

let redis: Redis
let scripts: SessionScripts
beforeAll(async () => {
  redis = await openDatabase('healing')
  scripts = createSessionScripts(redis)
})
beforeEach(async () => {
  await redis.flushdb()
})
afterAll(() => redis.disconnect())

/** An owner that has stored a and b, and the tombstone of c. */
async function own(fields: Partial<SessionRecord> = {}) {
  const clock = manualClock(AT)
  const owned = createOwnedPartition(PARTITION, clock, null)
  const { epoch } = await scripts.acquire(PARTITION, 'server-1', 0)
  Object.assign(owned, { epoch, next: 10, loaded: true })
  for (const sid of [a, b]) owned.sessions.put(sessionOf(sid, { room: '#1', ...fields }), false)
  owned.dead.set(c, AT)
  markAllDirty(owned)
  const heard: string[] = []
  const flusher = createPartitionFlusher({
    owned,
    owner: 'server-1',
    scripts,
    batcher: recordingBatcher(),
    breaker: createBreaker(clock, () => 0),
    clock,
    random: () => 0,
    isCurrent: () => true,
    events: flusherEvents({
      onFenced: () => heard.push('fenced'),
      onRolledBack: () => heard.push('rolled back'),
      onDeadLetter: (_, { problem }) => heard.push(problem),
    }),
  })
  await flusher.flush()
  const flushAll = async (): Promise<void> => {
    for (let tries = 0; tries < 4 && flusher.isDue(); tries++) await flusher.flush()
    expect(flusher.isDue()).toBe(false)
  }
  return { owned, flusher, flushAll, heard }
}

/** Everything is there, in all three keys and the records. */
async function expectWhole(rooms: Readonly<Record<Sid, string>>): Promise<void> {
  const stored = await loadPartition(redis, PARTITION, AT)
  expect(stored.unreadable).toEqual([])
  expect([...stored.sessions.values()].map(({ sid, room }) => [sid, room]).sort()).toEqual(Object.entries(rooms).sort())
  for (const { sid, connectionEpoch, gatewayRevision, serverRevision } of stored.sessions.values())
    expect(await redis.hget(keys.versions(PARTITION), sid)).toBe(
      `${connectionEpoch}.${gatewayRevision}.${serverRevision}`,
    )
  expect([...stored.dead.keys()]).toEqual([c])
  expect(await redis.hget(keys.owner(PARTITION), 'offset')).toBe('10')
}

test('writes a record whole that a hand has deleted, and never a part of it', async () => {
  const { owned, flushAll, heard } = await own()
  await redis.del(keys.session(a))
  owned.sessions.update(a, { room: '#2', inputSequence: 3 })
  await flushAll()
  await expectWhole({ [a]: '#2', [b]: '#1' })
  expect(await redis.hget(keys.session(a), 'ip')).toBe(gatewayFields().ip)
  expect(heard).toEqual([])
})

test('writes a record whole of which a hand has deleted, or broken, the entry in the index', async () => {
  for (const hurt of [
    () => redis.hdel(keys.versions(PARTITION), a),
    () => redis.hset(keys.versions(PARTITION), a, 'x'),
  ]) {
    const { owned, flushAll } = await own()
    await hurt()
    owned.sessions.update(a, { room: '#2' })
    await flushAll()
    await expectWhole({ [a]: '#2', [b]: '#1' })
    await redis.flushdb()
  }
})

test.each([
  ['versions', keys.versions(PARTITION)],
  ['dead', keys.dead(PARTITION)],
])(
  'writes everything again when a hand has made %s a key of another type, whatever little has changed',
  async (_, key) => {
    const { owned, flushAll, heard } = await own()
    await redis.del(key)
    await redis.set(key, 'something else')
    owned.sessions.update(a, { room: '#2' })
    await flushAll()
    expect(heard).toEqual(['rolled back'])
    await expectWhole({ [a]: '#2', [b]: '#1' })
  },
)

test('holds what is left for nothing when a hand has made the index another type and the owner is gone', async () => {
  const { owned } = await own()
  await redis.del(keys.versions(PARTITION))
  await redis.lpush(keys.versions(PARTITION), 'something else')
  const acquired = await scripts.acquire(PARTITION, 'server-2', 0)
  expect(acquired).toMatchObject({ offset: null, flushSequence: 0, previousOwner: 'server-1' })
  expect(acquired.epoch).toBeGreaterThan(owned.epoch)
  expect((await loadPartition(redis, PARTITION, AT)).sessions.size).toBe(0)
})

test('is fenced when a hand has made the fence another type, and takes it anew over nothing', async () => {
  const { owned, flusher, flushAll, heard } = await own()
  await redis.del(keys.owner(PARTITION))
  await redis.set(keys.owner(PARTITION), 'something else')
  owned.sessions.update(a, { room: '#2' })
  await flusher.flush()
  expect(heard).toEqual(['fenced'])
  const acquired = await scripts.acquire(PARTITION, 'server-1', owned.epoch + 1)
  expect(acquired).toMatchObject({ offset: null, flushSequence: 0, previousOwner: null })
  Object.assign(owned, { epoch: acquired.epoch, acknowledged: 0 })
  markAllDirty(owned)
  flusher.retryNow(null)
  await flushAll()
  await expectWhole({ [a]: '#2', [b]: '#1' })
})

test('takes numbers of the fence that a hand has broken for none, and writes everything again', async () => {
  const { owned, flushAll, heard } = await own()
  await redis.hset(keys.owner(PARTITION), 'flushSequence', 'many', 'offset', 'far')
  owned.sessions.update(a, { room: '#2' })
  await flushAll()
  expect(heard).toEqual(['rolled back'])
  await expectWhole({ [a]: '#2', [b]: '#1' })
  await redis.hset(keys.owner(PARTITION), 'epoch', 'old', 'flushSequence', 'many', 'offset', 'far')
  const acquired = await scripts.acquire(PARTITION, 'server-2', 7)
  expect(acquired).toMatchObject({ offset: null, flushSequence: 0 })
  expect(acquired.epoch).toBeGreaterThan(7)
})

test('gives a rolled-back record the gateway’s fields that memory has of later, and keeps those that are newer', async () => {
  const { owned, flushAll } = await own({ width: 80, client: 'old' })
  for (const sid of [a, b]) owned.sessions.merge(sid, { width: 132, client: null, gatewayRevision: 3 })
  // What the gateway of b has written meanwhile, and the owner has not heard of yet.
  await redis.hset(keys.session(b), 'width', '200', 'gatewayRevision', '4')
  await redis.hset(keys.versions(PARTITION), b, '1.4.1')
  markAllDirty(owned)
  await flushAll()
  expect(await redis.hmget(keys.session(a), 'width', 'client', 'gatewayRevision')).toEqual(['132', null, '3'])
  expect(await redis.hmget(keys.session(b), 'width', 'client', 'gatewayRevision')).toEqual(['200', 'old', '4'])
  await expectWhole({ [a]: '#1', [b]: '#1' })
})

test('stores texts that are no good Unicode, and more fields than one call takes', async () => {
  const { owned, flushAll, heard } = await own()
  owned.sessions.setMeta(a, 'broken', 'half \ud800 of one')
  owned.sessions.setMeta(a, 'quoted', String.raw`\ud800 "as typed"`)
  owned.sessions.setMeta(a, 'nothing', 'before\0after')
  for (let key = 0; key < 2_500; key++) owned.sessions.setMeta(b, `k${key}`, String(key))
  await flushAll()
  const stored = await loadPartition(redis, PARTITION, AT)
  expect(stored.sessions.get(a)?.meta).toEqual({
    broken: 'half \ufffd of one',
    quoted: String.raw`\ud800 "as typed"`,
    nothing: 'before\0after',
  })
  expect(Object.keys(stored.sessions.get(b)?.meta ?? {})).toHaveLength(2_500)
  for (let key = 0; key < 2_500; key++) owned.sessions.setMeta(b, `k${key}`, null)
  await flushAll()
  expect((await loadPartition(redis, PARTITION, AT)).sessions.get(b)?.meta).toEqual({})
  expect(heard).toEqual([])
})
