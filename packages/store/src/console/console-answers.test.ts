import { beforeEach, describe, expect, test } from 'vitest'
import {
  divergenceSchema,
  eventsSchema,
  healthSchema,
  liveTickSchema,
  queuesSchema,
  type SessionRecord,
  sessionDetailSchema,
  sessionsSchema,
  trendSchema,
} from '../contracts/index.ts'
import { type ConsoleRig, consoleRig, GATEWAY, SERVER, waiting } from '../testing/console-rig.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'
import { ROWS_PER_PAGE_MAX, type SessionsQuery } from './console-answers.ts'

let rig: ConsoleRig
beforeEach(() => {
  rig = consoleRig()
})

const sessionNumber = (number: number, fields: Partial<SessionRecord> = {}): SessionRecord =>
  sessionOf(sidOf(number), { handle: number, connectedAt: AT - number * 1_000, ...fields })
const handles = (query: SessionsQuery): number[] => {
  const answer = rig.answers.sessions(query)
  if (!answer.ok) throw new Error(answer.problem)
  return answer.value.items.map(({ handle }) => handle)
}

/** Every answer of the model, through its schema: nothing is stripped, nothing is missing. */
function parseAll(): void {
  const sessions = rig.answers.sessions({})
  expect(sessions.ok && sessionsSchema.parse(sessions.value)).toEqual(sessions.ok && sessions.value)
  for (const { sid } of rig.model.copies.all()) {
    const detail = rig.answers.session(sid)
    if (detail) expect(sessionDetailSchema.parse(detail)).toEqual(detail)
  }
  for (const [schema, answer] of [
    [divergenceSchema, rig.answers.divergence()],
    [trendSchema, rig.answers.trend()],
    [queuesSchema, rig.answers.queues()],
    [eventsSchema, rig.answers.events({})],
    [healthSchema, rig.answers.health()],
    [liveTickSchema.omit({ now: true, behindMs: true }), rig.answers.pulse()],
  ] as const)
    expect(schema.parse(answer)).toEqual(answer)
}

test('the trend tells when something could not be read', async () => {
  rig.put(sessionNumber(1))
  await rig.pass(9_000)
  rig.isRedisUp = false
  await rig.pass(12_000)
  const { points, everyMs } = rig.answers.trend()
  expect(everyMs).toBe(10_000)
  expect(points.map(({ unknown, away }) => [unknown, away])).toEqual([
    [expect.any(Number), null],
    [1, 'redis'],
    [1, 'redis'],
  ])
})

test('every answer has the shape of its schema, whatever is up or down', async () => {
  parseAll()
  rig.put(sessionNumber(1, { player: '#5', playerName: 'Ada', loginState: 'loggedIn', meta: { colour: 'red' } }))
  rig.put(sessionNumber(2, { status: 'detached', detachedUntil: AT + 9_000, closeReason: 'client' }))
  rig.put(sessionNumber(3))
  rig.putServer(sessionNumber(3, { room: '#1' }), { pending: waiting({ attempts: 2, error: 'no answer', nextAt: AT }) })
  rig.putRedis(sessionNumber(4), { handle: 'x', connectedAt: '1e300', added: 'by hand' })
  rig.show({ type: 'connection.closed', sid: sidOf(9), detail: { reason: 'idle', count: 3, was: true, none: null } })
  await rig.pass(1_000)
  parseAll()
  rig.putRedis(sessionNumber(1), { room: '#66' })
  rig.end(sessionNumber(2))
  await rig.pass(12_000)
  parseAll()
  rig.isRedisUp = false
  await rig.pass(10_000)
  parseAll()
  rig.isKafkaUp = false
  await rig.pass(10_000)
  parseAll()
})

describe('the list of sessions', () => {
  beforeEach(async () => {
    for (let n = 1; n <= 250; n++)
      rig.put(sessionNumber(n, { player: `#${n}`, loginState: 'loggedIn', playerName: `P${n % 7}` }))
    await rig.pass(1_000)
  })

  test('comes in pages of at most 200, with the count of all that match', () => {
    expect(handles({})).toHaveLength(100)
    expect(handles({ limit: 10_000 })).toHaveLength(ROWS_PER_PAGE_MAX)
    expect(handles({ offset: 240, limit: 100 })).toEqual([241, 242, 243, 244, 245, 246, 247, 248, 249, 250])
    expect(handles({ offset: 999 })).toEqual([])
    expect(handles({ offset: -5, limit: 0 })).toEqual([1])
    expect(rig.answers.sessions({ filter: 'player:p3', limit: 1 })).toMatchObject({ value: { total: 36, limit: 1 } })
  })

  test('sorts by what changes by itself as by what it shows', () => {
    expect(handles({ sort: '-idle', limit: 2 })).toEqual([250, 249])
    expect(handles({ sort: 'player,-handle', limit: 2 })).toEqual([245, 238])
    const answer = rig.answers.sessions({ sort: 'idle', limit: 1 })
    expect(answer.ok && answer.value.items[0]?.idleMs).toBe(2_000)
  })

  test('names the word of a filter or a sort that means nothing', () => {
    expect(rig.answers.sessions({ filter: 'bob stat:x' })).toMatchObject({ ok: false, what: 'filter', token: 'stat:x' })
    expect(rig.answers.sessions({ sort: '-shoe' })).toMatchObject({ ok: false, what: 'sort', token: '-shoe' })
    expect(rig.answers.resolve('stat:x')).toMatchObject({ ok: false, token: 'stat:x' })
  })

  test('resolves a filter to the sessions that it means now, and tells their versions', () => {
    const resolved = rig.answers.resolve('player:p3')
    expect(resolved.ok && resolved.sids).toHaveLength(36)
    expect(rig.answers.versions([sidOf(1), sidOf(999)])).toEqual(
      new Map([
        [sidOf(1), '1.1.1'],
        [sidOf(999), null],
      ]),
    )
  })

  test('rises in revision with every change, and tells where each source stands', async () => {
    const before = rig.answers.sessions({})
    rig.putServer(sessionNumber(1, { room: '#9', serverRevision: 2 }))
    const after = rig.answers.sessions({})
    if (!before.ok || !after.ok) throw new Error('not read')
    expect(after.value.rev).toBeGreaterThan(before.value.rev)
    expect(after.value.sources.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'redis fresh',
      'kafka fresh',
      `${SERVER} fresh`,
      `${GATEWAY} fresh`,
    ])
    rig.processes.delete(GATEWAY)
    await rig.pass(3_000)
    expect(rig.answers.queues().sources).toContainEqual(expect.objectContaining({ id: GATEWAY, status: 'ageing' }))
    await rig.pass(3_000)
    expect(rig.answers.queues().sources).toContainEqual(expect.objectContaining({ id: GATEWAY, status: 'dead' }))
  })
})

describe('queues', () => {
  test('list what waits, the dead letters first, with its process and its error; nothing of it needs Redis', async () => {
    rig.isRedisUp = false
    rig.processes.set(SERVER, {
      queue: {
        pending: 1,
        retrying: 1,
        dead: 1,
        oldestMs: 9_000,
        breaker: 'open',
        nextProbeAt: AT + 7_000,
        error: 'no answer',
        inPerS: 2.5,
        outPerS: 0,
        writeMs: { p50: 1, p95: 2 },
        ofBound: 0.01,
      },
    })
    rig.putServer(sessionNumber(1), { pending: waiting() })
    rig.putServer(sessionNumber(2), { pending: waiting({ attempts: 3, error: 'no answer', nextAt: AT + 500 }) })
    rig.putServer(sessionNumber(3), { pending: waiting({ isDead: true, error: 'too large', fields: ['*'] }) })
    rig.putGateway(sessionNumber(4), waiting({ since: AT - 9_000, fields: ['width', 'height'] }))
    await rig.pass(1_500)
    const { processes, entries } = rig.answers.queues()
    expect(entries.map(({ entry, kind, process }) => [entry, kind, process])).toEqual([
      [`${sidOf(3)}@server`, 'dead', SERVER],
      [`${sidOf(2)}@server`, 'retrying', SERVER],
      [`${sidOf(4)}@gateway`, 'pending', GATEWAY],
      [`${sidOf(1)}@server`, 'pending', SERVER],
    ])
    expect(entries[1]).toMatchObject({ attempts: 3, error: 'no answer', fields: ['room'] })
    expect(processes).toHaveLength(2)
    expect(processes[1]).toMatchObject({ id: SERVER, breaker: 'open', retrying: 1, writeMs: { p50: 1, p95: 2 } })
    expect(rig.answers.sessions({ filter: 'pending:>1', sort: '-pending' })).toMatchObject({ value: { total: 2 } })
  })

  test('tell what a silent process said last, until others go on with its work', async () => {
    const ids = (): string[] => rig.answers.queues().processes.map(({ id }) => id)
    await rig.pass(1_500)
    rig.isKafkaUp = false
    await rig.pass(20_000)
    expect(ids()).toEqual([GATEWAY, SERVER])
    rig.isKafkaUp = true
    rig.processes.delete(SERVER)
    rig.processes.delete(GATEWAY)
    rig.processes.set('server-b', {})
    await rig.pass(20_000)
    expect(ids()).toEqual([SERVER, 'server-b'])
    rig.own('server-b', 2)
    await rig.pass(2_000)
    expect(ids()).toEqual(['server-b'])
  })
})

describe('health', () => {
  const status = (): string => rig.answers.health().status

  test('is up while everything answers, and degraded while one part does not', async () => {
    rig.put(sessionNumber(1))
    await rig.pass(1_500)
    expect(rig.answers.health()).toMatchObject({
      status: 'up',
      redis: { up: true, pingMs: 1 },
      kafka: { up: true, lag: 0 },
      processes: [
        { id: GATEWAY, role: 'gateway', status: 'fresh' },
        { id: SERVER, role: 'server', status: 'fresh', partitions: 64 },
      ],
    })
    rig.isRedisUp = false
    await rig.pass(3_000)
    expect(rig.answers.health()).toMatchObject({ status: 'degraded', redis: { up: false, pingMs: null } })
    rig.isRedisUp = true
    rig.isKafkaUp = false
    await rig.pass(3_000)
    expect(rig.answers.health()).toMatchObject({ status: 'degraded', kafka: { up: false, lag: null } })
    rig.isRedisUp = false
    await rig.pass(3_000)
    expect(status()).toBe('down')
  })

  test('is down without a server, up again with another that holds its partitions; the dead one stays listed', async () => {
    await rig.pass(500)
    rig.processes.delete(SERVER)
    await rig.pass(6_000)
    expect(status()).toBe('down')
    rig.processes.set('server-b', {})
    rig.own('server-b', 2)
    await rig.pass(1_500)
    expect(status()).toBe('up')
    expect(rig.answers.health().processes.map(({ id, status }) => [id, status])).toEqual([
      [GATEWAY, 'fresh'],
      [SERVER, 'dead'],
      ['server-b', 'fresh'],
    ])
    await rig.pass(60_000)
    expect(rig.answers.health().processes.map(({ id }) => id)).toEqual([GATEWAY, 'server-b'])
  })

  test('misses who fell silent while what it held is with nobody else, or it was the last of its role', async () => {
    const missed = () => rig.answers.pulse().missed
    rig.put(sessionNumber(1))
    rig.processes.set('gateway-2', {})
    await rig.pass(1_500)
    rig.processes.delete(GATEWAY)
    rig.processes.delete(SERVER)
    await rig.pass(6_000)
    expect(missed()).toEqual([
      { id: SERVER, sessions: 1, partitions: 64 },
      { id: GATEWAY, sessions: 1, partitions: 0 },
    ])
    rig.processes.set('server-b', {})
    rig.own('server-b', 2)
    const detached = sessionNumber(1, { status: 'detached', gatewayRevision: 2 })
    rig.putServer(detached, { owner: 'server-b', epoch: 2 })
    await rig.pass(1_500)
    expect(missed()).toEqual([])
    expect(rig.answers.pulse().sources).toContainEqual(expect.objectContaining({ id: GATEWAY, status: 'dead' }))
    rig.processes.delete('gateway-2')
    await rig.pass(6_000)
    expect(missed()).toEqual([{ id: 'gateway-2', sessions: 0, partitions: 0 }])
  })

  test('counts of the last gateway the sessions that it held last, as detached once they are', async () => {
    rig.put(sessionNumber(1))
    rig.put(sessionNumber(2))
    await rig.pass(1_500)
    rig.processes.delete(GATEWAY)
    await rig.pass(6_000)
    expect(rig.answers.pulse().missed).toEqual([{ id: GATEWAY, sessions: 2, partitions: 0 }])
    for (const number of [1, 2]) rig.putServer(sessionNumber(number, { status: 'detached', gatewayRevision: 2 }))
    await rig.pass(1_000)
    expect(rig.answers.pulse().missed).toEqual([{ id: GATEWAY, sessions: 0, partitions: 0, detached: 2 }])
  })

  test('is degraded while a dead gateway still counts players, a breaker is open or a process has no Redis', async () => {
    rig.put(sessionNumber(1))
    rig.processes.set('gateway-2', {})
    await rig.pass(1_500)
    rig.processes.delete(GATEWAY)
    await rig.pass(6_000)
    expect(status()).toBe('degraded')
    rig.putServer(sessionNumber(1, { status: 'detached', gatewayRevision: 2 }))
    await rig.pass(200)
    expect(status()).toBe('up')
    rig.processes.set('gateway-2', { redisUp: false })
    await rig.pass(1_100)
    expect(status()).toBe('degraded')
  })

  test('keeps who is silent for ten minutes where nobody has what it held, and all of them while Kafka is away', async () => {
    rig.put(sessionNumber(1))
    rig.processes.set('gateway-2', {})
    await rig.pass(1_500)
    rig.isKafkaUp = false
    await rig.pass(120_000)
    rig.isKafkaUp = true
    rig.processes.delete(GATEWAY)
    rig.processes.delete('gateway-2')
    const listed = () => rig.answers.health().processes.map(({ id }) => id)
    await rig.pass(50_000)
    expect(listed()).toEqual([GATEWAY, 'gateway-2', SERVER])
    await rig.pass(20_000)
    expect(listed()).toEqual([GATEWAY, 'gateway-2', SERVER]) // the last of its role, heard with the other
    rig.processes.set('gateway-3', {})
    await rig.pass(2_000)
    expect(listed()).toEqual([GATEWAY, 'gateway-3', SERVER])
    rig.putServer(sessionNumber(1, { status: 'detached', gatewayRevision: 2 }))
    await rig.pass(2_000)
    expect(listed()).toEqual(['gateway-3', SERVER])
  })

  test('soon forgets who left in order', async () => {
    rig.processes.set('server-b', { isLeaving: true, partitions: [] })
    await rig.pass(200)
    rig.processes.delete('server-b')
    await rig.pass(9_000)
    expect(rig.answers.health().processes).toContainEqual(expect.objectContaining({ id: 'server-b', status: 'dead' }))
    await rig.pass(3_000)
    expect(rig.answers.health()).toMatchObject({ status: 'up', processes: [{ id: GATEWAY }, { id: SERVER }] })
  })
})
