import { availableParallelism } from 'node:os'
import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fromHash, PARTITIONS, partitionOf, type Sid } from '../../src/contracts/index.ts'
import { keys } from '../../src/redis/keys.ts'
import { copyText } from './copy-text.ts'
import type { ToyServer } from './toy-driver.ts'
import type { ToySession } from './toy-gateway.ts'
import { startToyHolder, type ToyHolder } from './toy-holder.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

/**
 * Scenario 18. A server is a member of its group while its heartbeat comes within 1.5 s: eight at once need the cores for
 * it, so where those are few one server becomes four. What is asserted is the same. `HOLDFAST_SCALING_PEAK` says another number.
 */
const PEAK = Number(process.env.HOLDFAST_SCALING_PEAK ?? (availableParallelism() >= 8 ? 8 : 4))
const LEFT = 3
const SESSIONS = 10_000
/** Those who talk, each in its turn. */
const TALKERS = 2_000
const LINES_PER_S = 200
const TICK_MS = 50
const SEATED_MS = 60_000
const BALANCED_MS = 60_000
const SETTLED_MS = 30_000
const READ_AT_ONCE = 1_000

let world: ToyWorld
let holder: ToyHolder
beforeAll(async () => {
  world = await startToyWorld()
  const { KAFKA_BROKERS: brokers, REDIS_URL: redisUrl } = world.services.env
  holder = await startToyHolder({ brokers, redisUrl }, world.gateway)
  // Nobody takes the gateway for dead while this process is busy with ten thousand sessions.
  await world.redis.set(keys.gatewayLease(world.gateway.slot), world.gateway.name)
}, 120_000)
afterAll(async () => {
  await holder?.stop()
  await world?.stop()
})

/** Types numbered lines at a steady rate until it is stopped; tells how many each has typed. */
function steadyInput(sessions: readonly ToySession[]): { stop(): ReadonlyMap<ToySession, number> } {
  const typed = new Map(sessions.map((session) => [session, 0]))
  const startedAt = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * LINES_PER_S) / 1_000)
    for (; sent < due; sent++) {
      const session = sessions[sent % sessions.length]
      if (!session) return
      const number = (typed.get(session) ?? 0) + 1
      typed.set(session, number)
      world.gateway.type(session, number, `echo ${number}`)
    }
  }, TICK_MS)
  return {
    stop() {
      clearInterval(timer)
      return typed
    },
  }
}

/** Each partition has one owner, which is ready, and no server has two more of them than another. */
async function untilBalanced(servers: readonly ToyServer[]): Promise<void> {
  const least = Math.floor(PARTITIONS / servers.length)
  await waitUntil(
    async () => {
      const all = await Promise.all(servers.map((server) => server.owned()))
      const isEven = all.every(
        ({ ready, partitions: { length } }) => ready && (length === least || length === least + 1),
      )
      const owned = all.flatMap(({ partitions }) => partitions)
      return isEven && owned.length === PARTITIONS && new Set(owned).size === PARTITIONS
    },
    { timeoutMs: BALANCED_MS, everyMs: 200, what: `${servers.length} servers with all partitions, evenly` },
  )
}

type Copies = ReadonlyMap<Sid, string>

async function copiesInRedis(sids: readonly Sid[]): Promise<Copies> {
  const copies = new Map<Sid, string>()
  for (let at = 0; at < sids.length; at += READ_AT_ONCE) {
    const some = sids.slice(at, at + READ_AT_ONCE)
    const hashes = await Promise.all(some.map((sid) => world.redis.hgetall(keys.session(sid))))
    for (const [index, sid] of some.entries()) {
      const reading = fromHash(sid, hashes[index] ?? {})
      if (reading.ok) copies.set(sid, copyText(reading.record))
    }
  }
  return copies
}

/** The sessions of which two copies do not say the same, or one has none. */
const differing = (sids: readonly Sid[], one: Copies, other: Copies): Sid[] =>
  sids.filter((sid) => !one.has(sid) || one.get(sid) !== other.get(sid))

/** What Redis and every server hold of each session is the same, and nobody holds another one. */
async function expectAgreement(servers: readonly ToyServer[], sids: readonly Sid[]): Promise<void> {
  const look = async (): Promise<string[]> => {
    const stored = await copiesInRedis(sids)
    const memories = await Promise.all(servers.map((server) => server.copies()))
    return memories.flatMap((memory, at) => [
      ...(memory.size === sids.length ? [] : [`server ${at} knows ${memory.size} sessions`]),
      ...differing(sids, stored, memory).map((sid) => `server ${at} and Redis: ${sid}`),
    ])
  }
  await waitUntil(
    async () => {
      const wrong = await look()
      if (wrong.length > 0) throw new Error(`${wrong.length} differ: ${wrong.slice(0, 3).join('; ')}`)
      return true
    },
    { timeoutMs: SETTLED_MS, everyMs: 500, what: 'copies that agree' },
  )
  const counts = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => world.redis.hlen(keys.versions(partition))),
  )
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(sids.length)
}

async function startMore(servers: ToyServer[]): Promise<void> {
  while (servers.length < PEAK) servers.push(await world.server())
  await untilBalanced(servers)
}

/** The oldest is killed; of the others as many leave in order as it takes. */
async function endSome(servers: ToyServer[]): Promise<void> {
  await servers.shift()?.kill()
  while (servers.length > LEFT) await servers.shift()?.stop()
  await untilBalanced(servers)
}

it(`keeps 10,000 sessions and every line of theirs while one server becomes ${PEAK}, and those become ${LEFT} (scenario 18)`, async () => {
  const servers = [await world.server()]
  await servers[0]?.ready()
  const began = performance.now()
  const told: string[] = []
  const tell = (what: string) => void told.push(`${what} ${Math.round(performance.now() - began)} ms`)
  const sessions = Array.from({ length: SESSIONS }, (_, i) => world.gateway.connect(100_000 + i * 10))
  for (const session of sessions) holder.hold(session)
  const sids = sessions.map(({ sid }) => sid)
  await waitUntil(() => sessions.every(({ heard }) => heard.length > 0), {
    timeoutMs: SEATED_MS,
    everyMs: 100,
    what: 'every welcome',
  })
  tell('seated')
  const talkers = sessions.slice(0, TALKERS)
  const input = steadyInput(talkers)
  await startMore(servers)
  tell(`${PEAK} servers`)
  await endSome(servers)
  tell(`${LEFT} servers`)
  const typed = input.stop()
  const isAllHeard = () => talkers.every((session) => session.heard.length > (typed.get(session) ?? 0))
  await waitUntil(isAllHeard, { timeoutMs: SEATED_MS, everyMs: 100, what: 'every line' })
  tell('all heard')

  for (const session of sessions) {
    const lines = Array.from({ length: typed.get(session) ?? 0 }, (_, at) => String(at + 1))
    expect(session.heard).toEqual(['welcome', ...lines])
  }
  await expectAgreement(servers, sids)
  tell('all agree')
  const numbers = await Promise.all(talkers.map(({ sid }) => world.redis.hget(keys.session(sid), 'inputSequence')))
  expect(numbers).toEqual(talkers.map((each) => String(typed.get(each))))
  expect(new Set(sids.map(partitionOf)).size, 'sessions in every partition').toBe(PARTITIONS)
  console.log(`  ${[...typed.values()].reduce((sum, count) => sum + count, 0)} lines; ${told.join(', ')}`)
}, 300_000)
