import { randomUUID } from 'node:crypto'
import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { HANDLE_BLOCK, type HandleLease, leaseHandles } from '../../src/handles/handle-lease.ts'
import { openHandleLog } from '../../src/handles/handle-log.ts'
import { createBatcher } from '../../src/kafka/batcher.ts'
import { createKafka } from '../../src/kafka/create-kafka.ts'
import { ensureTopics } from '../../src/kafka/topics.ts'
import type { Redis } from '../../src/redis/create-redis.ts'
import { createHandleCounter } from '../../src/redis/handle-counter.ts'
import { openDatabase } from '../redis/own-database.ts'

/** Real Redis, real Kafka, and gateways that come and go. The log is shared with other files: handles begin where it stands. */

let redis: Redis
const living = new AbortController()
const ending: (() => unknown)[] = []
const troubles: string[] = []

beforeAll(async () => {
  redis = await openDatabase('lease')
})
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})
afterAll(() => {
  living.abort()
  redis.disconnect()
})

/** A gateway's part in handles; `lease` is called when the test says so. */
async function gatewayAt(slot: number) {
  const onTrouble = (problem: string): void => void troubles.push(problem)
  const kafka = createKafka({ brokers: [sharedServices().kafkaBrokers], clientId: 'handles', onWarning: onTrouble })
  await ensureTopics(kafka, systemClock, 30_000, living.signal)
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: onTrouble })
  const incarnation = `gateway-${randomUUID()}`
  const log = await openHandleLog({ kafka, batcher, clock: systemClock, incarnation, onReopened: onTrouble })
  const end = async (): Promise<void> => {
    await log.close()
    await batcher.close(1_000)
  }
  ending.push(end)
  const counter = createHandleCounter(redis)
  return {
    log,
    lease: () => leaseHandles({ counter, log, slot, clock: systemClock, signal: living.signal, onTrouble }),
  }
}

async function take(handles: HandleLease, count: number): Promise<number[]> {
  const given: number[] = []
  for (let taken = 0; taken < count; taken++) {
    const handle = await waitUntil(() => handles.take(), { what: 'a handle', everyMs: 1 })
    expect(handle).toBeLessThanOrEqual(handles.end)
    given.push(handle)
  }
  return given
}

test('never gives a handle twice, over gateways that share Redis and blocks that run out', async () => {
  const gateways = await Promise.all([gatewayAt(50), gatewayAt(51)])
  const lessees = await Promise.all(gateways.map(({ lease }) => lease()))
  const given = await Promise.all(lessees.map((handles) => take(handles, 1.5 * HANDLE_BLOCK)))
  expect(new Set(given.flat()).size).toBe(3 * HANDLE_BLOCK)
  expect(troubles).toEqual([])
})

test('never gives a handle twice when Redis is wiped between the leases of two gateways', async () => {
  const [one, two] = await Promise.all([gatewayAt(52), gatewayAt(53)])
  const first = one.lease()
  await waitUntil(async () => (await redis.exists('hf:handle')) === 1, { what: 'the first lease', everyMs: 1 })
  await redis.flushdb()
  const lessees = await Promise.all([first, two.lease()])
  const before = await Promise.all(lessees.map((handles) => take(handles, HANDLE_BLOCK / 4)))
  await redis.flushdb()
  const after = await Promise.all(lessees.map((handles) => take(handles, 2 * HANDLE_BLOCK)))
  const given = [...before, ...after].flat()
  expect(new Set(given).size).toBe(given.length)
})

test('begins above every handle that was ever given when everybody starts again with an empty Redis', async () => {
  const before = await (await gatewayAt(54)).lease()
  const given = await take(before, 10)
  for (const end of ending.splice(0)) await end()
  await redis.flushdb()
  const started = await gatewayAt(54)
  expect(started.log.floor).toBeGreaterThanOrEqual(before.end)
  const again = await take(await started.lease(), 10)
  expect(Math.min(...again)).toBeGreaterThan(before.end)
  expect(Math.min(...again)).toBeGreaterThan(Math.max(...given))
})
