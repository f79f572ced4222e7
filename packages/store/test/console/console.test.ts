import { createLogger, createMetrics, systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Copy, SessionDetail, Sid, State } from '../../src/contracts/index.ts'
import { type Console, openConsole } from '../../src/index.ts'
import { keys } from '../../src/redis/keys.ts'
import type { ToySession } from '../scenarios/toy-gateway.ts'
import { startToyWorld, type ToyWorld } from '../scenarios/toy-world.ts'
import { startToyVoice, type ToyVoice } from './toy-voice.ts'

/** The shipped console beside real Redis and Kafka, a server that is really stopped, and a gateway that this test plays. */

/** What the design promises; a machine with other work is given as much again. */
const SEEN_WITHIN_MS = 30_000

let world: ToyWorld
let voice: ToyVoice
let shown: Console
const seenStates: { sid: Sid; state: State }[] = []

beforeAll(async () => {
  world = await startToyWorld()
  const { REDIS_URL, KAFKA_BROKERS } = world.services.env
  voice = startToyVoice(KAFKA_BROKERS)
  shown = await open(REDIS_URL, KAFKA_BROKERS)
  shown.subscribe(({ up }) => {
    for (const { sid, state } of up) seenStates.push({ sid, state })
  })
}, 120_000)
afterAll(async () => {
  await shown.close()
  await voice.stop()
  await world.stop()
})
afterEach(() => world.endServers())

function open(redisUrl: string, broker: string): Promise<Console> {
  return openConsole({
    redisUrl,
    brokers: [broker],
    secret: 'of this test',
    incarnation: 'console-of-the-test',
    clock: systemClock,
    logger: createLogger({ name: 'console', level: 'error' }),
    metrics: createMetrics(),
  })
}

const detailOf = (sid: Sid, of = shown): SessionDetail => {
  const detail = of.session(sid)
  if (!detail) throw new Error('the session is not known')
  return detail
}
const stateOf = (sid: Sid, of = shown): string => detailOf(sid, of).session.state
const cellOf = (sid: Sid, name: string, copy: Copy, of = shown) =>
  detailOf(sid, of).fields.find((field) => field.name === name)?.cells[copy]
const becomes = (sid: Sid, state: State): Promise<boolean> =>
  waitUntil(() => stateOf(sid) === state, {
    timeoutMs: SEEN_WITHIN_MS,
    everyMs: 100,
    what: `${state}, not ${stateOf(sid)}`,
  })
const statesOf = (sid: Sid): Set<State> =>
  new Set(seenStates.filter((seen) => seen.sid === sid).map(({ state }) => state))

/** A session in all three copies. */
async function seat(handle: number): Promise<ToySession> {
  const session = world.gateway.connect(handle)
  voice.holds(session)
  await world.gateway.hears(session, 'welcome')
  await waitUntil(() => shown.session(session.sid)?.session.state === 'in-sync', {
    timeoutMs: SEEN_WITHIN_MS,
    what: 'the session in sync',
  })
  return session
}

test('shows a session with its three copies, and finds it by what it is', async () => {
  await world.server()
  const { sid } = await seat(901)
  expect(cellOf(sid, 'handle', 'redis')).toMatchObject({ kind: 'value', value: 901 })
  expect(cellOf(sid, 'handle', 'gateway')).toMatchObject({ kind: 'value', value: 901 })
  expect(cellOf(sid, 'commandCount', 'server')).toMatchObject({ kind: 'value', value: 0 })
  expect(cellOf(sid, 'commandCount', 'gateway')).toEqual({ kind: 'not-held' })
  expect(shown.sessions({ filter: 'ip:127.0.0.0/8 state:in-sync handle:901' })).toMatchObject({ value: { total: 1 } })
  expect(await shown.verify([sid])).toEqual(new Map([[sid, { kind: 'agrees' }]]))
  expect(statesOf(sid)).not.toContain('drifted')
  expect(shown.status()).toMatchObject({ isReady: true, redisUp: true, kafkaUp: true })
})

test('sees a field that was changed by hand as drifted, with both values, until it is put right', async () => {
  await world.server()
  const { sid } = await seat(902)
  await world.redis.hset(keys.session(sid), 'commandCount', '77')
  await becomes(sid, 'drifted')
  expect(cellOf(sid, 'commandCount', 'server')).toMatchObject({ value: 0 })
  expect(cellOf(sid, 'commandCount', 'redis')).toMatchObject({ value: 77 })
  const item = shown.divergence().items.find((each) => each.sid === sid)
  expect(item).toMatchObject({ state: 'drifted', healedAt: null })
  expect(item?.fields.map(({ name }) => name)).toEqual(['commandCount'])
  await world.redis.hset(keys.session(sid), 'commandCount', '0')
  await becomes(sid, 'in-sync')
  expect(shown.divergence().items.find((each) => each.sid === sid)?.healedAt).not.toBeNull()
})

test('sees what only Redis has as a ghost, also where no index names it', async () => {
  const server = await world.server()
  await server.ready()
  const ghost = await seat(903)
  const key = keys.session(ghost.sid)
  const hash = await world.redis.hgetall(key)
  world.gateway.close(ghost)
  voice.lets(ghost)
  await waitUntil(async () => detailOf(ghost.sid).closed && (await world.redis.exists(key)) === 0, {
    timeoutMs: SEEN_WITHIN_MS,
    what: 'the end of the session',
  })
  await world.redis.hset(key, hash)
  await becomes(ghost.sid, 'ghost')
  expect(shown.divergence().items).toContainEqual(expect.objectContaining({ sid: ghost.sid, cause: 'ghost' }))
  await world.redis.del(key)
})

test('never calls a write in flight drift, while players type all the time', async () => {
  await world.server()
  const sessions = [await seat(911), await seat(912), await seat(913)]
  for (let n = 1; n <= 120; n++) {
    for (const session of sessions) world.gateway.type(session, n, `echo ${n}`)
    await systemClock.sleep(50)
  }
  for (const session of sessions) await world.gateway.hears(session, '120')
  for (const { sid } of sessions) {
    // Copies that agree may still be those of before the last lines.
    await waitUntil(
      () => {
        const cell = cellOf(sid, 'inputSequence', 'redis')
        return cell?.kind === 'value' && cell.value === 120
      },
      { timeoutMs: SEEN_WITHIN_MS, what: 'all lines in Redis' },
    )
    await becomes(sid, 'in-sync')
    const states = statesOf(sid)
    expect(states.has('drifted') || states.has('missing') || states.has('ghost')).toBe(false)
  }
})

test('turns the column of a stopped server unknown: nothing is drifted or missing, Redis stays', async () => {
  const server = await world.server()
  const { sid } = await seat(921)
  seenStates.length = 0
  server.signal('SIGSTOP')
  await world.redis.hset(keys.session(sid), 'commandCount', '88')
  await becomes(sid, 'unknown')
  expect(cellOf(sid, 'commandCount', 'server')).toMatchObject({
    kind: 'unknown',
    last: 0,
    reason: expect.stringMatching(`${server.incarnation} silent for \\d+ s`),
  })
  await waitUntil(() => cellOf(sid, 'commandCount', 'redis')?.kind === 'value', { what: "Redis's column" })
  await systemClock.sleep(6_000)
  const states = statesOf(sid)
  expect(states.has('drifted') || states.has('missing')).toBe(false)
  expect(shown.divergence().counts).toMatchObject({ drifted: 0, missing: 0 })
  expect(shown.health().processes).toContainEqual(expect.objectContaining({ id: server.incarnation, status: 'dead' }))
  server.signal('SIGCONT')
})

test('turns the column of a stopped Redis unknown, with the last values; the memories stay', async () => {
  await world.server()
  const { sid } = await seat(931)
  seenStates.length = 0
  world.services.redis.kill('SIGSTOP')
  try {
    await becomes(sid, 'unknown')
    expect(cellOf(sid, 'handle', 'redis')).toMatchObject({ kind: 'unknown', last: 931 })
    expect(cellOf(sid, 'handle', 'server')).toMatchObject({ kind: 'value', value: 931 })
    expect(cellOf(sid, 'handle', 'gateway')).toMatchObject({ kind: 'value', value: 931 })
    expect(shown.health()).toMatchObject({ redis: { up: false, pingMs: null }, kafka: { up: true } })
  } finally {
    world.services.redis.kill('SIGCONT')
  }
  await becomes(sid, 'in-sync')
  const states = statesOf(sid)
  expect(states.has('drifted') || states.has('missing')).toBe(false)
})

test('shows the last state of a session that ended, and why', async () => {
  await world.server()
  const session = await seat(941)
  world.gateway.close(session)
  voice.lets(session)
  await waitUntil(() => shown.session(session.sid)?.closed, { timeoutMs: SEEN_WITHIN_MS, what: 'the end' })
  expect(detailOf(session.sid)).toMatchObject({
    session: { handle: 941, status: 'closed' },
    closed: { reason: 'client' },
  })
  await waitUntil(
    () => shown.sessions({ filter: 'handle:941' }).ok && shown.versions([session.sid]).get(session.sid) === null,
    { what: 'no version' },
  )
})

test('opens without Kafka and shows what Redis has; goes on by itself when Kafka comes, goes and comes back', async () => {
  const [, { kafka }] = world.links
  await world.server()
  const { sid } = await seat(951)
  await kafka.cut()
  const other = await open(world.services.env.REDIS_URL, `127.0.0.1:${kafka.port}`)
  try {
    expect(other.status()).toMatchObject({ isReady: false, kafkaUp: false, redisUp: true })
    expect(cellOf(sid, 'handle', 'redis', other)).toMatchObject({ kind: 'value', value: 951 })
    expect(cellOf(sid, 'handle', 'server', other)).toMatchObject({ kind: 'unknown', reason: 'Kafka does not answer' })
    expect(stateOf(sid, other)).toBe('unknown')
    await kafka.restore()
    await waitUntil(() => stateOf(sid, other) === 'in-sync', { timeoutMs: SEEN_WITHIN_MS, what: 'in sync' })
    kafka.hold()
    await waitUntil(() => stateOf(sid, other) === 'unknown', { timeoutMs: SEEN_WITHIN_MS, what: 'unknown' })
    // One that had not been heard for a while is blamed until Kafka has been silent for as long.
    await waitUntil(
      () => {
        const cell = cellOf(sid, 'handle', 'gateway', other)
        return cell?.kind === 'unknown' && /^Kafka does not answer for \d+ s$/.test(cell.reason)
      },
      { timeoutMs: SEEN_WITHIN_MS, what: 'Kafka told as the reason' },
    )
    expect(cellOf(sid, 'handle', 'gateway', other)).toMatchObject({ kind: 'unknown', last: 951 })
    expect(other.health()).toMatchObject({ status: 'degraded', kafka: { up: false, lag: null }, redis: { up: true } })
    await kafka.restore()
    await waitUntil(() => stateOf(sid, other) === 'in-sync', { timeoutMs: 2 * SEEN_WITHIN_MS, what: 'in sync again' })
    expect(other.divergence().counts).toMatchObject({ drifted: 0, missing: 0, ghost: 0 })
  } finally {
    await kafka.restore()
    await other.close()
  }
}, 180_000)
