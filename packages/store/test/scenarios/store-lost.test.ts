import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PARTITIONS, type SessionRecord, versionOf } from '../../src/contracts/index.ts'
import { keys } from '../../src/redis/keys.ts'
import type { ToyServer } from './toy-driver.ts'
import type { ToySession } from './toy-gateway.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

/** Redis forgets: scenarios 9 and 10 of the state layer, with real services, under load and idle, owners alive and dead. */

const SESSIONS = 60
/** How long after the loss everything is whole again. */
const WHOLE_WITHIN_MS = 5_000
/** What a new server needs besides, to start and to be given its partitions. */
const START_MS = 5_000

let world: ToyWorld
let nextHandle = 5_000
beforeAll(async () => {
  world = await startToyWorld()
}, 120_000)
afterAll(() => world.stop())

let sessions: ToySession[] = []
/** How many lines each session has typed. */
let typed: number[] = []
let gone: ToySession[] = []
beforeEach(() => {
  sessions = Array.from({ length: SESSIONS }, () => world.gateway.connect(nextHandle++))
  typed = sessions.map(() => 0)
  gone = []
})
afterEach(async () => {
  for (const session of sessions) world.gateway.close(session)
  await world.gateway.settled()
  await world.endServers()
})

/** Everybody types one more line. */
function typeAll(): void {
  for (const [at, session] of sessions.entries()) {
    const number = (typed[at] ?? 0) + 1
    typed[at] = number
    world.gateway.type(session, number, `echo ${number}`)
  }
}

const allAnswered = (): boolean =>
  sessions.every((session, at) => session.heard.length === (typed[at] ?? 0) + 1 && session.heard[0] === 'welcome')

const untilAnswered = (timeoutMs = 20_000) =>
  waitUntil(allAnswered, { timeoutMs, what: 'an answer to every line, once each' })

/** Players type on, about `perSecond` lines a second each, until the load is taken off. */
function load(perSecond: number): () => void {
  const timer = setInterval(typeAll, 1_000 / perSecond)
  return () => clearInterval(timer)
}

/** Some leave for good: they must not come back with an older store. */
async function someLeave(count: number): Promise<void> {
  const leaving = sessions.splice(0, count)
  typed.splice(0, count)
  for (const session of leaving) world.gateway.close(session)
  gone.push(...leaving)
  await waitUntil(async () => (await storedOf(leaving)).every((record) => record === null), { what: 'them gone' })
}

const storedOf = (some: readonly ToySession[]) => Promise.all(some.map(({ sid }) => world.stored(sid)))

const memoryOf = async (servers: readonly ToyServer[]): Promise<Map<string, SessionRecord>> => {
  const [first] = await Promise.all(servers.map((server) => server.status()))
  return new Map(first?.sessions.map((record) => [record.sid, record]))
}

/** Each session in Redis is what its server's memory is, with all that it typed; index, tombstones and fences are there. */
async function isWhole(servers: readonly ToyServer[]): Promise<boolean> {
  const memory = await memoryOf(servers)
  for (const [at, session] of sessions.entries()) {
    const record = await world.stored(session.sid)
    expect(record, `session ${session.fields.handle}`).toEqual(memory.get(session.sid))
    expect(record?.inputSequence).toBe(typed[at])
    expect(record?.gateway).toBe('toy-gateway')
  }
  const index = new Map<string, string>()
  const dead = new Set<string>()
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (const [sid, version] of Object.entries(await world.redis.hgetall(keys.versions(partition))))
      index.set(sid, version)
    for (const sid of await world.redis.zrange(keys.dead(partition), '0', '-1')) dead.add(sid)
  }
  for (const { sid } of sessions) {
    const record = memory.get(sid)
    expect(index.get(sid)).toBe(record && versionOf(record))
    index.delete(sid)
  }
  expect([...index.keys()], 'nobody else is listed').toEqual([])
  for (const { sid } of gone) expect(dead).toContain(sid)
  return true
}

const untilWhole = (servers: readonly ToyServer[], timeoutMs = WHOLE_WITHIN_MS) =>
  waitUntil(() => isWhole(servers), { timeoutMs, everyMs: 100, what: 'Redis and memory the same' })

const flushes = async (): Promise<number> => {
  const counts = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => world.redis.hget(keys.owner(partition), 'flushSequence')),
  )
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0)
}

/** Servers that own everything, and sessions that have typed and are stored. */
async function playing(servers: number): Promise<ToyServer[]> {
  const all: ToyServer[] = []
  for (let at = 0; at < servers; at++) all.push(await world.server())
  await Promise.all(all.map((server) => server.ready(PARTITIONS / servers)))
  typeAll()
  await untilAnswered()
  await untilWhole(all, 20_000)
  return all
}

describe('a Redis that was rolled back', () => {
  it('is whole again in 5 s though nobody plays, whoever has left since stays away (scenario 9)', async () => {
    const servers = await playing(1)
    const copy = world.copyOfRedis()
    const before = await flushes()
    typeAll()
    await someLeave(10)
    await untilAnswered()
    await untilWhole(servers)
    expect((await flushes()) - before).toBeGreaterThan(1)
    await world.restartRedis(copy)
    await untilWhole(servers)
    for (const record of await storedOf(gone)) expect(record).toBeNull()
  })

  it('loses nothing under load, many flushes back (scenario 9)', async () => {
    const servers = await playing(2)
    const copy = world.copyOfRedis()
    const before = await flushes()
    const stop = load(10)
    await waitUntil(async () => (await flushes()) - before > 50, { timeoutMs: 20_000, what: '50 flushes' })
    await someLeave(10)
    await world.restartRedis(copy)
    await waitUntil(async () => (await storedOf(gone)).every((record) => record === null), {
      timeoutMs: WHOLE_WITHIN_MS,
      what: 'those who left gone again',
    })
    stop()
    await untilAnswered()
    await untilWhole(servers)
  })

  it('is whole again when it has gone back to before its owner was one', async () => {
    const former = await playing(1)
    const copy = world.copyOfRedis()
    for (const server of former) await server.stop()
    const servers = await playing(1)
    await someLeave(10)
    await world.restartRedis(copy)
    await untilWhole(servers)
  })

  it('loses nothing when all its owners die at the same time (scenario 9)', async () => {
    await playing(2)
    const copy = world.copyOfRedis()
    const stop = load(10)
    await waitUntil(() => (typed[0] ?? 0) > 20, { timeoutMs: 20_000, what: 'twenty lines each' })
    await someLeave(10)
    await world.endServers()
    await world.restartRedis(copy)
    const server = await world.server()
    await waitUntil(() => (typed[0] ?? 0) > 40, { timeoutMs: 20_000, what: 'twenty more' })
    stop()
    await untilAnswered()
    await untilWhole([server], WHOLE_WITHIN_MS + START_MS)
  })
})

describe('a Redis that was emptied or replaced', () => {
  it('is whole again in 5 s after FLUSHALL under load (scenario 10)', async () => {
    const servers = await playing(2)
    await someLeave(10)
    const stop = load(10)
    await waitUntil(() => (typed[0] ?? 0) > 10, { timeoutMs: 20_000, what: 'ten lines each' })
    await world.redis.flushall()
    const flushedAt = performance.now()
    await waitUntil(async () => (await storedOf(sessions)).every((record) => record !== null), {
      timeoutMs: WHOLE_WITHIN_MS,
      what: 'everybody stored',
    })
    process.stdout.write(`FLUSHALL: everybody stored again after ${Math.round(performance.now() - flushedAt)} ms\n`)
    stop()
    await untilAnswered()
    await untilWhole(servers)
  })

  it('is whole again in 5 s when it is another one, under load and with nobody playing', async () => {
    const servers = await playing(1)
    await someLeave(10)
    await world.restartRedis(null)
    await untilWhole(servers)
    const stop = load(10)
    await waitUntil(() => (typed[0] ?? 0) > 10, { timeoutMs: 20_000, what: 'ten lines each' })
    await world.restartRedis(null)
    stop()
    await untilAnswered()
    await untilWhole(servers)
  })

  it('is rebuilt from the log when all its owners die at the same time (scenario 10)', async () => {
    await playing(2)
    await someLeave(10)
    const stop = load(10)
    await waitUntil(() => (typed[0] ?? 0) > 20, { timeoutMs: 20_000, what: 'twenty lines each' })
    await Promise.all([world.endServers(), world.restartRedis(null)])
    const server = await world.server()
    await waitUntil(() => (typed[0] ?? 0) > 40, { timeoutMs: 20_000, what: 'twenty more' })
    stop()
    await untilAnswered()
    await untilWhole([server], WHOLE_WITHIN_MS + START_MS)
  })
})
