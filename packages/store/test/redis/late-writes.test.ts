import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts, type Service, startRedis } from '@holdfast/stack'
import { startTcpProxy } from '@holdfast/stack/tcp-proxy'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Sid } from '../../src/contracts/index.ts'
import { createOwnedPartition, type OwnedPartition } from '../../src/partition/owned-partition.ts'
import { createRedis, type Redis } from '../../src/redis/create-redis.ts'
import { keys } from '../../src/redis/keys.ts'
import { createSessionScripts, type Flush, type SessionScripts } from '../../src/redis/session-scripts.ts'
import { AT, gatewayFields, sessionOf, sidsOf } from '../../src/testing/fixtures.ts'
import { flusherEvents } from '../../src/testing/flusher-events.ts'
import { recordingBatcher } from '../../src/testing/stand-ins.ts'
import { createBreaker } from '../../src/write-behind/breaker.ts'
import { createPartitionFlusher, type PartitionFlusher } from '../../src/write-behind/partition-flusher.ts'

/** A Redis of this file's own: it is stopped and its answers are held back. */

const PARTITION = 9
const [sid] = sidsOf(PARTITION, 1)
if (!sid) throw new Error('no sid')

const folder = mkdtempSync(join(tmpdir(), 'holdfast-late-'))
const clients: Redis[] = []
let service: Service
let direct: Redis

/** A client that is closed at the end; its connection errors are what is tested here. */
async function connect(url: string): Promise<Redis> {
  const redis = createRedis(url, 'flush', () => undefined)
  clients.push(redis)
  await waitUntil(() => redis.status === 'ready', { what: 'Redis' })
  return redis
}

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  service = await startRedis({ dataDir: join(folder, 'redis'), port, logDir: join(folder, 'logs') })
  direct = await connect(service.url)
})
beforeEach(async () => {
  await direct.flushall()
  await createSessionScripts(direct).register(sid, gatewayFields())
})
afterAll(async () => {
  for (const redis of clients) redis.disconnect()
  service.kill('SIGCONT')
  await service.stop()
  rmSync(folder, { recursive: true, force: true })
})

const flushOf = (epoch: number, flushSequence: number, room: string, of: Sid = sid): Flush => ({
  partition: PARTITION,
  owner: 'server-1',
  epoch,
  offset: flushSequence,
  flushSequence,
  acknowledged: 0,
  now: AT,
  items: [
    { operation: 'update', sid: of, connectionEpoch: 1, serverRevision: flushSequence, server: { room }, gateway: {} },
  ],
})

/** The shipped flusher over a partition; `failures` gets why a try failed. */
function flusherOf(owned: OwnedPartition, scripts: SessionScripts, failures: string[]): PartitionFlusher {
  return createPartitionFlusher({
    owned,
    owner: 'server-1',
    scripts,
    batcher: recordingBatcher(),
    breaker: createBreaker(systemClock, Math.random),
    clock: systemClock,
    random: Math.random,
    isCurrent: () => true,
    events: flusherEvents({ onFailed: (_, problem) => failures.push(problem) }),
  })
}

const scriptsRun = async (): Promise<number> => {
  const stats = await direct.info('commandstats')
  const counts = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map(([, calls]) => Number(calls))
  return counts.reduce((sum, calls) => sum + calls, 0)
}

test('lets a write that was given up land late without effect: a newer one has won (scenario 12)', async () => {
  const [port = 0] = await freePorts(1)
  const proxy = await startTcpProxy({ port, to: Number(new URL(service.url).port) })
  const slow = createSessionScripts(await connect(`redis://127.0.0.1:${port}`))
  const quick = createSessionScripts(direct)
  const { epoch } = await quick.acquire(PARTITION, 'server-1', 0)
  // Both connections know the script, so that what is held back is the write itself.
  await slow.flush(flushOf(epoch, 1, '#1'))

  proxy.hold()
  await expect(slow.flush(flushOf(epoch, 2, '#2'))).rejects.toThrow('timed out')
  expect(await quick.flush(flushOf(epoch, 3, '#3'))).toEqual({ kind: 'stored', items: ['stored'] })
  const before = await scriptsRun()
  await proxy.restore()
  await waitUntil(async () => (await scriptsRun()) > before, { what: 'the late write' })

  expect(await direct.hgetall(keys.session(sid))).toMatchObject({ room: '#3', serverRevision: '3' })
  expect(await direct.hgetall(keys.owner(PARTITION))).toMatchObject({ flushSequence: '3', offset: '3' })
  await proxy.close()
})

test('fails a write to a stopped Redis within its time-out, and lets the newer one win when it goes on', async () => {
  const redis = await connect(service.url)
  const scripts = createSessionScripts(redis)
  const { epoch } = await scripts.acquire(PARTITION, 'server-1', 0)
  service.kill('SIGSTOP')
  const since = systemClock.monotonic()
  try {
    await expect(scripts.flush(flushOf(epoch, 1, '#1'))).rejects.toThrow()
    expect(systemClock.monotonic() - since).toBeLessThan(5_000)
  } finally {
    service.kill('SIGCONT')
  }
  await waitUntil(() => redis.status === 'ready', { what: 'Redis again' })
  expect(await scripts.flush(flushOf(epoch, 2, '#2'))).toEqual({ kind: 'stored', items: ['stored'] })
  expect(await scripts.flush(flushOf(epoch, 1, '#1'))).toEqual({ kind: 'repeated' })
  expect(await direct.hget(keys.session(sid), 'room')).toBe('#2')
})

test('has one effect after a flush whose answer was lost and the one that followed (scenario 3)', async () => {
  const real = createSessionScripts(direct)
  const { epoch, flushSequence } = await real.acquire(PARTITION, 'server-1', 0)
  const owned = createOwnedPartition(PARTITION, systemClock, null)
  owned.sessions.put(sessionOf(sid, { room: '#1', serverRevision: 1 }), true)
  Object.assign(owned, { epoch, flushSequence, acknowledged: flushSequence, next: 7, loaded: true })
  let isLost = true
  const scripts = {
    ...real,
    async flush(flush: Flush) {
      const outcome = await real.flush(flush)
      if (!isLost) return outcome
      isLost = false
      throw new Error('Command timed out') // Redis has done it; nobody hears so
    },
  }
  const problems: string[] = []
  const flusher = flusherOf(owned, scripts, problems)
  owned.sessions.update(sid, { room: '#2', commandCount: 1 })
  await flusher.flush()
  expect(problems).toEqual(['Redis did not answer in time'])
  owned.sessions.update(sid, { room: '#3', commandCount: 2 })
  owned.next = 8
  await flusher.flush()
  expect(await direct.hgetall(keys.session(sid))).toMatchObject({ room: '#3', commandCount: '2', serverRevision: '3' })
  expect(await direct.hgetall(keys.owner(PARTITION))).toMatchObject({
    offset: '8',
    flushSequence: String(flushSequence + 2),
  })
  expect(owned.dirty.size).toBe(0)
})

test('sends nothing again by itself after a connection broke', async () => {
  const [port = 0] = await freePorts(1)
  const proxy = await startTcpProxy({ port, to: Number(new URL(service.url).port) })
  const redis = await connect(`redis://127.0.0.1:${port}`)
  proxy.hold()
  const rejected = expect(redis.set('written', 'late')).rejects.toThrow()
  await proxy.cut()
  await rejected
  await expect(redis.set('queued', 'late')).rejects.toThrow()
  await proxy.restore()
  await waitUntil(() => redis.status === 'ready', { what: 'Redis again' })
  expect(await redis.set('after', 'now')).toBe('OK')
  expect(await direct.mget('written', 'queued')).toEqual([null, null])
  await proxy.close()
})

test('stores what changed while Redis was stopped, present values only', async () => {
  const redis = await connect(service.url)
  const scripts = createSessionScripts(redis)
  const { epoch } = await scripts.acquire(PARTITION, 'server-1', 0)
  const owned = createOwnedPartition(PARTITION, systemClock, null)
  Object.assign(owned, { epoch, next: 1, loaded: true })
  owned.sessions.put(sessionOf(sid), true)
  const failures: string[] = []
  const flusher = flusherOf(owned, scripts, failures)
  service.kill('SIGSTOP')
  try {
    owned.sessions.update(sid, { player: '#3', room: '#1' })
    expect(await flusher.storeBinding(sid)).toBe('unavailable')
    owned.sessions.update(sid, { room: '#2' })
    await flusher.flush()
    expect(failures.length).toBeGreaterThan(0)
  } finally {
    service.kill('SIGCONT')
  }
  owned.sessions.update(sid, { room: '#3' })
  const drained = async () => {
    if (flusher.isDue()) await flusher.flush()
    return owned.dirty.size === 0
  }
  await waitUntil(drained, { what: 'an empty dirty set' })
  expect(await direct.hgetall(keys.session(sid))).toMatchObject({ player: '#3', room: '#3' })
})
