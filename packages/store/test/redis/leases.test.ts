import { manualClock, waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SLOTS } from '../../src/kafka/topics.ts'
import { openStore } from '../../src/redis/bootstrap.ts'
import type { Redis } from '../../src/redis/create-redis.ts'
import { createHandleCounter } from '../../src/redis/handle-counter.ts'
import { keys } from '../../src/redis/keys.ts'
import { createSessionScripts, type SessionScripts } from '../../src/redis/session-scripts.ts'
import { holdSlot, LEASE_MS } from '../../src/redis/slot-lease.ts'
import { openDatabase } from './own-database.ts'

let redis: Redis
let scripts: SessionScripts
const living = new AbortController()

beforeAll(async () => {
  redis = await openDatabase('lease')
  scripts = createSessionScripts(redis)
})
beforeEach(async () => {
  await redis.flushdb()
})
afterAll(() => {
  living.abort()
  redis.disconnect()
})

const troubles: string[] = []
const gateway = (
  incarnation: string,
  clock = manualClock(),
  onLost = (): void => undefined,
  isHeard = (_slot: number): boolean => false,
) => {
  const onTrouble = (problem: string) => troubles.push(problem)
  return holdSlot({ scripts, clock, incarnation, signal: living.signal, isHeard, onLost, onTrouble })
}

test('gives each gateway a slot of its own, the lowest that is free', async () => {
  const held = [await gateway('g1'), await gateway('g2'), await gateway('g3')]
  expect(held.map(({ slot }) => slot)).toEqual([0, 1, 2])
  await held[1]?.release()
  expect((await gateway('g4')).slot).toBe(1)
})

test('gives two gateways that start at once different slots', async () => {
  const held = await Promise.all(Array.from({ length: 8 }, (_, i) => gateway(`g${i}`)))
  expect(new Set(held.map(({ slot }) => slot)).size).toBe(8)
})

test('takes no slot from which somebody is heard, though Redis has lost its lease', async () => {
  const lease = await gateway('g4', manualClock(), undefined, (slot) => slot < 2)
  expect(lease.slot).toBe(2)
  expect(await redis.exists(keys.gatewayLease(0), keys.gatewayLease(1))).toBe(0)
})

test('holds a slot for six seconds at a time', async () => {
  await gateway('g1')
  const ttl = await redis.pttl(keys.gatewayLease(0))
  expect(ttl).toBeGreaterThan(LEASE_MS - 2_000)
  expect(ttl).toBeLessThanOrEqual(LEASE_MS)
})

test('renews its lease, and takes one that expired again when nobody else has it', async () => {
  const clock = manualClock()
  await gateway('g1', clock)
  await redis.pexpire(keys.gatewayLease(0), 3_000)
  await clock.advance(2_000)
  await waitUntil(async () => (await redis.pttl(keys.gatewayLease(0))) > 3_000, { what: 'the renewal' })
  await redis.del(keys.gatewayLease(0))
  await clock.advance(2_000)
  await waitUntil(async () => (await redis.get(keys.gatewayLease(0))) === 'g1', { what: 'the lease taken again' })
})

test('tells a gateway once that another incarnation holds its slot, and leaves that one alone', async () => {
  const clock = manualClock()
  let lost = 0
  const lease = await gateway('g1', clock, () => {
    lost++
  })
  await redis.set(keys.gatewayLease(0), 'g2')
  await clock.advance(2_000)
  await waitUntil(() => lost === 1, { what: 'the loss' })
  await clock.advance(10_000)
  await lease.release()
  expect(await redis.get(keys.gatewayLease(0))).toBe('g2')
  expect(lost).toBe(1)
})

test('says so when all slots are held', async () => {
  for (let slot = 0; slot < SLOTS; slot++) await redis.set(keys.gatewayLease(slot), 'other')
  await expect(gateway('g1')).rejects.toMatchObject({ code: 'NO_FREE_SLOT' })
})

test('answers a repeated lease and a repeated drop as the first', async () => {
  expect(await scripts.lease(3, 'g1', LEASE_MS, 'keep')).toBe('g1')
  expect(await scripts.lease(3, 'g1', LEASE_MS, 'keep')).toBe('g1')
  expect(await scripts.lease(3, 'g2', LEASE_MS, 'keep')).toBe('g1')
  expect(await scripts.lease(3, 'g2', LEASE_MS, 'drop')).toBe('g1')
  expect(await scripts.lease(3, 'g1', LEASE_MS, 'drop')).toBeNull()
  expect(await scripts.lease(3, 'g1', LEASE_MS, 'drop')).toBeNull()
})

test('leases handles above those that Redis counted, and above those it is told of', async () => {
  const counter = createHandleCounter(redis)
  expect(await counter.lease(0, 1_000)).toBe(1_000)
  expect(await counter.lease(0, 1_000)).toBe(2_000)
  expect(await counter.lease(5_000, 1_000)).toBe(6_000)
  await counter.raise(8_000)
  await counter.raise(7_000)
  expect(await counter.lease(0, 1_000)).toBe(9_000)
  await redis.set(keys.handle, 'broken by a hand')
  expect(await counter.lease(9_000, 1_000)).toBe(10_000)
  expect(await redis.get(keys.handle)).toBe('10000')
})

test('describes an empty store once, whoever opens it', async () => {
  expect(await openStore(redis, 'first')).toEqual({ kind: 'ok', storeId: 'first' })
  expect(await openStore(redis, 'second')).toEqual({ kind: 'ok', storeId: 'first' })
  await redis.flushdb()
  expect(await openStore(redis, 'third')).toEqual({ kind: 'ok', storeId: 'third' })
})

test.each([
  ['schemaVersion', '2', 'SCHEMA_TOO_NEW'],
  ['partitions', '128', '128 partitions'],
  ['schemaVersion', 'x', 'cannot be read'],
])('leaves a store alone whose %s is %s', async (field, value, problem) => {
  await openStore(redis, 'first')
  await redis.hset(keys.meta, field, value)
  expect(await openStore(redis, 'second')).toEqual({ kind: 'unfit', problem: expect.stringContaining(problem) })
})
