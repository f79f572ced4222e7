import { manualClock } from '@holdfast/runtime/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { GATEWAY_FIELDS, SERVER_FIELDS, type SessionRecord, type Sid, toHash } from '../../src/contracts/index.ts'
import { createOwnedPartition } from '../../src/partition/owned-partition.ts'
import type { Redis } from '../../src/redis/create-redis.ts'
import { keys } from '../../src/redis/keys.ts'
import { loadPartition, TOMBSTONE_KEPT_MS } from '../../src/redis/partition-loader.ts'
import { createSessionScripts, type FlushItem, type SessionScripts } from '../../src/redis/session-scripts.ts'
import { gatewayFieldsArbitrary, serverFieldsArbitrary } from '../../src/testing/arbitraries.ts'
import { AT, gatewayFields, sessionOf, sidsOf } from '../../src/testing/fixtures.ts'
import { flusherEvents } from '../../src/testing/flusher-events.ts'
import { recordingBatcher } from '../../src/testing/stand-ins.ts'
import { createBreaker } from '../../src/write-behind/breaker.ts'
import { createPartitionFlusher } from '../../src/write-behind/partition-flusher.ts'
import { openDatabase } from './own-database.ts'

const PARTITION = 9

let redis: Redis
let scripts: SessionScripts

beforeAll(async () => {
  redis = await openDatabase('loader')
  scripts = createSessionScripts(redis)
})
beforeEach(async () => {
  await redis.flushdb()
})
afterAll(() => redis.disconnect())

/** An owner with the real scripts; what it heard of its flushes. */
async function own(sessions: readonly SessionRecord[] = []) {
  const clock = manualClock(AT)
  const acquired = await scripts.acquire(PARTITION, 'server-1', 0)
  const owned = createOwnedPartition(PARTITION, clock, null)
  const { epoch, flushSequence } = acquired
  Object.assign(owned, { epoch, flushSequence, acknowledged: flushSequence, next: 10, loaded: true })
  for (const session of sessions) owned.sessions.put(session, false)
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
      onDead: () => heard.push('dead'),
      onNewerConnection: () => heard.push('newer connection'),
      onStored: () => heard.push('stored'),
      onFailed: (_, problem) => heard.push(`failed: ${problem}`),
    }),
  })
  return { owned, flusher, heard }
}

const firstSid = (): Sid => {
  const [sid] = sidsOf(PARTITION, 1)
  if (!sid) throw new Error('no sid')
  return sid
}

test('gives every session back as it was in memory, however odd its texts are', async () => {
  const sids = sidsOf(PARTITION, 5)
  const sessions = fc
    .array(fc.tuple(gatewayFieldsArbitrary, serverFieldsArbitrary), { minLength: 1, maxLength: 5 })
    .map((all) => all.map(([gateway, server], i) => ({ sid: sids[i] ?? firstSid(), ...gateway, ...server })))
  await fc.assert(
    fc.asyncProperty(sessions, async (records) => {
      await redis.flushdb()
      const { flusher, heard } = await own(records)
      await flusher.flush()
      expect(heard).toEqual(['stored'])
      const stored = await loadPartition(redis, PARTITION, AT)
      expect(stored.unreadable).toEqual([])
      expect([...stored.sessions.values()]).toEqual(expect.arrayContaining(records))
      expect(stored.sessions.size).toBe(records.length)
    }),
    { numRuns: 50 },
  )
})

test('stores thousands of sessions that a wiped store has lost, and loads them all', async () => {
  const sids = sidsOf(PARTITION, 4_000)
  const { owned, flusher, heard } = await own(
    sids.map((sid, i) => sessionOf(sid, { handle: i + 1, meta: { i: `${i}` } })),
  )
  owned.next = 123
  await flusher.flush()
  expect(heard).toEqual(['stored'])
  expect(owned.dirty.size).toBe(0)
  const stored = await loadPartition(redis, PARTITION, AT)
  expect(stored.sessions.size).toBe(4_000)
  expect(stored.sessions.get(sids[3_999] ?? firstSid())?.meta).toEqual({ i: '3999' })
  expect(await redis.hget(keys.owner(PARTITION), 'offset')).toBe('123')
})

test('reads a session that only its gateway has stored', async () => {
  const sid = firstSid()
  await scripts.register(sid, gatewayFields({ width: 80 }))
  const stored = await loadPartition(redis, PARTITION, AT)
  expect(stored.sessions.get(sid)).toEqual(sessionOf(sid, { width: 80, serverRevision: 0 }))
})

test('deletes metadata in the store that memory has no more, also when all is written again', async () => {
  const sid = firstSid()
  const { owned, flusher } = await own([sessionOf(sid, { meta: { old: '1', kept: '2' } })])
  await flusher.flush()
  owned.sessions.setMeta(sid, 'old', null)
  owned.dirty.markWhole(sid)
  await flusher.flush()
  expect((await loadPartition(redis, PARTITION, AT)).sessions.get(sid)?.meta).toEqual({ kept: '2' })
})

test('keeps tombstones for 48 hours and then forgets them', async () => {
  const [young = firstSid(), old = firstSid()] = sidsOf(PARTITION, 2)
  await redis.zadd(keys.dead(PARTITION), AT - TOMBSTONE_KEPT_MS + 1, young, AT - TOMBSTONE_KEPT_MS - 1, old)
  expect([...(await loadPartition(redis, PARTITION, AT)).dead.keys()]).toEqual([young])
  expect(await redis.zcard(keys.dead(PARTITION))).toBe(1)
})

test('tells which records a hand has broken and loads the rest', async () => {
  const [whole = firstSid(), broken = firstSid(), gone = firstSid()] = sidsOf(PARTITION, 3)
  const { flusher } = await own([whole, broken, gone].map((sid) => sessionOf(sid)))
  await flusher.flush()
  await redis.hset(keys.session(broken), 'handle', 'seven')
  await redis.del(keys.session(gone))
  const stored = await loadPartition(redis, PARTITION, AT)
  expect([...stored.sessions.keys()]).toEqual([whole])
  expect(stored.unreadable).toEqual([
    { sid: broken, problem: expect.stringContaining('handle') },
    { sid: gone, problem: 'no hash' },
  ])
})

test('loads a partition in which a hand has made a session’s key something else than a hash', async () => {
  const [whole = firstSid(), broken = firstSid()] = sidsOf(PARTITION, 2)
  const { flusher } = await own([whole, broken].map((sid) => sessionOf(sid)))
  await flusher.flush()
  await redis.set(keys.session(broken), 'no hash')
  const stored = await loadPartition(redis, PARTITION, AT)
  expect([...stored.sessions.keys()]).toEqual([whole])
  expect(stored.unreadable.map(({ sid }) => sid)).toEqual([broken])
})

test('goes on storing a partition in which a hand has made a session’s key something else than a hash', async () => {
  const [whole = firstSid(), broken = firstSid()] = sidsOf(PARTITION, 2)
  const { owned, flusher } = await own([whole, broken].map((sid) => sessionOf(sid)))
  await flusher.flush()
  await redis.set(keys.session(broken), 'no hash')
  owned.sessions.update(whole, { room: '#4' })
  owned.sessions.update(broken, { room: '#4' })
  for (let tries = 0; tries < 3; tries++) await flusher.flush()
  expect(await redis.hget(keys.session(whole), 'room')).toBe('#4')
  expect(await redis.hget(keys.session(broken), 'room')).toBe('#4')
})

test('writes to no session when its owner was fenced, not even to the first of many', async () => {
  const sids = sidsOf(PARTITION, 3)
  const { owned, flusher, heard } = await own(sids.map((sid) => sessionOf(sid)))
  await flusher.flush()
  await scripts.acquire(PARTITION, 'server-2', 0)
  for (const sid of sids) owned.sessions.update(sid, { room: '#4' })
  await flusher.flush()
  expect(heard).toEqual(['stored', 'failed: fenced', 'fenced'])
  for (const sid of sids) expect(await redis.hget(keys.session(sid), 'room')).toBeNull()
})

test('refuses a flush whole, the same for an unknown owner over an empty store', async () => {
  const items: FlushItem[] = sidsOf(PARTITION, 2).map((sid) => {
    const session = sessionOf(sid)
    const pick = (fields: readonly (keyof SessionRecord)[]) =>
      toHash(Object.fromEntries(fields.map((field) => [field, session[field]])))
    const identity = { sid, connectionEpoch: 1, serverRevision: 1 }
    return { ...identity, operation: 'create', server: pick(SERVER_FIELDS), gateway: pick(GATEWAY_FIELDS) }
  })
  const flush = {
    partition: PARTITION,
    owner: 'server-9',
    epoch: 1,
    offset: 1,
    flushSequence: 1,
    acknowledged: 0,
    now: AT,
    items,
  }
  expect(await scripts.flush(flush)).toEqual({ kind: 'fenced' })
  expect(await redis.dbsize()).toBe(0)
})
