import { beforeEach, describe, expect, test } from 'vitest'
import type { Cell, Copy, Field, SessionDetail } from '../contracts/index.ts'
import { type ConsoleRig, consoleRig, GATEWAY, SERVER, waiting } from '../testing/console-rig.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'

const session = sessionOf(sidOf(1), {
  handle: 7,
  player: '#5',
  playerName: 'Ada',
  loginState: 'loggedIn',
  room: '#0',
  width: 80,
  capabilities: ['eor', 'naws'],
  commandCount: 4,
  serverRevision: 9,
  meta: { colour: 'red' },
})
const { sid } = session

let rig: ConsoleRig
beforeEach(async () => {
  rig = consoleRig()
  rig.put(session)
  await rig.pass(1_000)
})

const detail = (): SessionDetail => {
  const found = rig.answers.session(sid)
  if (!found) throw new Error('the session is not known')
  return found
}
const field = (name: string): Field => {
  const found = detail().fields.find((each) => each.name === name)
  if (!found) throw new Error(`no field ${name}`)
  return found
}
const cell = (name: string, copy: Copy): Cell => field(name).cells[copy]
const edit = (name: string, text: string): void => {
  const stored = rig.redis.get(sid)
  if (stored) rig.redis.set(sid, { ...stored, hash: { ...stored.hash, [name]: text } })
}
const state = (): string => detail().session.state

describe('copies that agree', () => {
  test('are in sync, every cell with its value by type and the time it is known to hold', () => {
    expect(state()).toBe('in-sync')
    expect(detail().fields.map((each) => each.state)).not.toContain('unknown')
    expect(cell('width', 'redis')).toMatchObject({ kind: 'value', value: 80 })
    expect(cell('capabilities', 'gateway')).toMatchObject({ kind: 'value', value: ['eor', 'naws'] })
    expect(cell('wizard', 'server')).toMatchObject({ kind: 'value', value: false })
    expect(cell('closeReason', 'server').kind).toBe('absent')
    expect(cell('room', 'gateway')).toEqual({ kind: 'not-held' })
    expect(cell('meta:colour', 'server')).toMatchObject({ kind: 'value', value: 'red' })
  })

  test('are shown in a row, with who serves it', () => {
    expect(detail().session).toMatchObject({
      handle: 7,
      player: { dbref: '#5', name: 'Ada' },
      server: SERVER,
      gateway: GATEWAY,
      version: '1.1.9',
      pending: 0,
      drifted: [],
      odd: [],
    })
  })

  test('tell a memory no later than by its last beat, and Redis by its reading', async () => {
    await rig.pass(3_900)
    const room = field('room').cells
    if (room.server.kind !== 'value' || room.redis.kind !== 'value') throw new Error('not read')
    const now = rig.clock.now()
    expect(now - Date.parse(room.server.observedAt)).toBeLessThanOrEqual(1_000)
    expect(now - Date.parse(room.redis.observedAt)).toBeLessThanOrEqual(4_100)
  })
})

describe('a field that a hand has changed in Redis', () => {
  test('is drifted within 15 s, with both values and since when', async () => {
    edit('room', '#66')
    await rig.pass(12_000)
    expect(state()).toBe('drifted')
    expect(detail().session).toMatchObject({ drifted: ['room'], odd: ['redis'] })
    expect(field('room')).toMatchObject({
      state: 'drifted',
      cells: { server: { value: '#0' }, redis: { value: '#66' }, gateway: { kind: 'not-held' } },
    })
    expect(Date.parse(field('room').since ?? '')).toBeGreaterThanOrEqual(AT + 1_000)
    expect(rig.answers.divergence()).toMatchObject({
      counts: { drifted: 1 },
      items: [{ sid, state: 'drifted', cause: 'content', fields: [{ name: 'room' }], healedAt: null }],
    })
  })

  test('settles first, and is in sync again as soon as it is put right', async () => {
    edit('room', '#66')
    const seen = new Set<string>()
    for (let i = 0; i < 40; i++) {
      await rig.pass(100)
      seen.add(state())
    }
    expect(seen).toContain('settling')
    edit('room', '#0')
    await rig.pass(1_200)
    expect(state()).toBe('in-sync')
  })

  test('is told by its type where that is broken', async () => {
    edit('width', 'wide')
    await rig.pass(12_000)
    expect(cell('width', 'redis')).toMatchObject({ value: 'wide' })
  })

  test('stays listed for ten minutes after it healed, with what it was', async () => {
    edit('room', '#66')
    await rig.pass(12_000)
    edit('room', '#0')
    await rig.pass(2_000)
    const [item] = rig.answers.divergence().items
    expect(item).toMatchObject({ state: 'drifted', fields: [{ name: 'room', cells: { redis: { value: '#66' } } }] })
    expect(Date.parse(item?.healedAt ?? '')).toBeLessThanOrEqual(rig.clock.now())
    await rig.clock.advance(600_000)
    expect(rig.answers.divergence().items).toEqual([])
  })
})

describe('a write on its way', () => {
  test('is never drift, however long it takes', async () => {
    const write = waiting({ fields: ['room'], attempts: 3, error: 'Redis does not answer', nextAt: AT + 9_000 })
    rig.putServer({ ...session, room: '#9', serverRevision: 10 }, { pending: { ...write, fields: ['room'] } })
    for (let i = 0; i < 30; i++) {
      await rig.pass(1_000)
      expect(state()).toBe('settling')
    }
    expect(field('room').pending).toMatchObject({ entry: `${sid}@server`, attempts: 3, error: 'Redis does not answer' })
    expect(detail().session.pending).toBe(1)
  })

  test('is drift once it is a dead letter: nobody is going to write it', async () => {
    const write = waiting({ fields: ['room'], attempts: 1, error: 'too large', isDead: true })
    rig.putServer({ ...session, room: '#9', serverRevision: 10 }, { pending: write })
    await rig.pass(12_000)
    expect(state()).toBe('drifted')
    expect(field('room').pending).toMatchObject({ error: 'too large' })
  })

  test('of a session that is played all the time never drifts', async () => {
    for (let n = 10; n < 60; n++) {
      const next = { ...session, commandCount: n, serverRevision: n }
      rig.putServer(next)
      await rig.pass(300)
      expect(state()).not.toBe('drifted')
      rig.putRedis(next)
      await rig.pass(200)
    }
    await rig.pass(3_000)
    expect(state()).toBe('in-sync')
  })
})

describe('a server that is silent', () => {
  test('turns its column unknown with the last values, and lets nothing be called drifted or missing', async () => {
    rig.processes.delete(SERVER)
    edit('room', '#66')
    rig.takeBack(`${sid}/gateway`, 0)
    for (let i = 0; i < 20; i++) {
      await rig.pass(1_000)
      expect(['in-sync', 'settling', 'unknown']).toContain(state())
    }
    expect(state()).toBe('unknown')
    expect(cell('room', 'server')).toMatchObject({ kind: 'unknown', last: '#0', reason: `${SERVER} silent for 20 s` })
    expect(cell('room', 'redis')).toMatchObject({ kind: 'value', value: '#66' })
    expect(rig.answers.divergence()).toMatchObject({ counts: { unknown: 1, drifted: 0, missing: 0 }, items: [] })
    expect(rig.answers.sessions({}).ok).toBe(true)
  })

  test('keeps its sessions in the list, and they are back in sync when it is back', async () => {
    rig.processes.delete(SERVER)
    await rig.pass(30_000)
    const listed = rig.answers.sessions({ filter: 'state:unknown' })
    expect(listed).toMatchObject({ ok: true, value: { total: 1, items: [{ sid, server: SERVER }] } })
    rig.processes.set(SERVER, {})
    await rig.pass(1_100)
    expect(state()).toBe('in-sync')
  })

  test('is unknown no longer once another server has taken its partitions over', async () => {
    rig.processes.delete(SERVER)
    await rig.pass(10_000)
    rig.processes.set('server-b', {})
    rig.own('server-b', 2)
    await rig.pass(1_500)
    expect(detail().session).toMatchObject({ state: 'in-sync', server: 'server-b' })
    rig.putServer({ ...session, room: '#9' }, { owner: SERVER, epoch: 1 }) // late
    expect(cell('room', 'server')).toMatchObject({ value: '#0' })
  })

  test('and takes what waited in it along: it lies in no memory any more', async () => {
    rig.putServer(session, { pending: waiting() })
    await rig.pass(500)
    expect(rig.answers.queues().entries).toHaveLength(1)
    rig.processes.delete(SERVER)
    rig.processes.set('server-b', {})
    rig.own('server-b', 2)
    await rig.pass(1_500)
    expect(rig.answers.queues().entries).toEqual([])
  })

  test('that left in order is not missed while another takes over, and is named where nobody does', async () => {
    rig.processes.set(SERVER, { isLeaving: true, partitions: [] })
    await rig.pass(1_000)
    rig.processes.delete(SERVER)
    expect(state()).toBe('in-sync')
    await rig.pass(7_000)
    expect(cell('room', 'server')).toMatchObject({ kind: 'unknown', reason: `${SERVER} has left`, last: '#0' })
    rig.processes.set('server-b', {})
    rig.own('server-b', 2)
    await rig.pass(1_500)
    expect(state()).toBe('in-sync')
  })

  test('that gave a partition away which nobody took is not asked about it', async () => {
    rig.processes.set(SERVER, { partitions: [] })
    await rig.pass(10_000)
    expect(state()).toBe('unknown')
    expect(cell('room', 'server')).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no server holds'),
    })
  })
})

describe('a gateway that is silent', () => {
  test('turns its column unknown, and what only it could tell', async () => {
    rig.processes.delete(GATEWAY)
    edit('width', '99')
    await rig.pass(20_000)
    expect(state()).toBe('unknown')
    expect(cell('width', 'gateway')).toMatchObject({ kind: 'unknown', last: 80, reason: `${GATEWAY} silent for 20 s` })
    expect(cell('width', 'server')).toMatchObject({ kind: 'value', value: 80 })
  })

  test('is not needed once the session is detached', async () => {
    rig.processes.delete(GATEWAY)
    const detached = { ...session, status: 'detached' as const, gatewayRevision: 2, detachedUntil: AT + 120_000 }
    rig.putServer(detached)
    rig.putRedis(detached)
    await rig.pass(10_000)
    expect(detail().session).toMatchObject({ state: 'in-sync', status: 'detached' })
    expect(cell('width', 'gateway')).toMatchObject({ kind: 'unknown', last: 80 })
  })
})

describe('Redis that does not answer', () => {
  test('turns its column unknown with the last values; the memories stay', async () => {
    rig.isRedisUp = false
    await rig.pass(10_000)
    expect(state()).toBe('unknown')
    expect(cell('room', 'redis')).toMatchObject({
      kind: 'unknown',
      last: '#0',
      reason: 'Redis does not answer for 10 s',
    })
    expect(cell('room', 'server')).toMatchObject({ kind: 'value', value: '#0' })
    expect(cell('width', 'gateway')).toMatchObject({ kind: 'value', value: 80 })
    expect(rig.answers.divergence().counts).toMatchObject({ unknown: 1, missing: 0, drifted: 0 })
  })

  test('hides no difference between the two memories', async () => {
    rig.isRedisUp = false
    rig.putServer({ ...session, width: 81 })
    await rig.pass(10_000)
    expect(detail().session).toMatchObject({ state: 'drifted', drifted: ['width'], odd: ['server'] })
  })

  test('is missing nothing: only an answer that the session is not there says so', async () => {
    rig.isRedisUp = false
    rig.redis.delete(sid)
    await rig.pass(20_000)
    expect(state()).toBe('unknown')
    rig.isRedisUp = true
    await rig.pass(10_000)
    expect(detail().session).toMatchObject({ state: 'missing', missingIn: ['redis'] })
  })
})

describe('Kafka that does not answer', () => {
  test('is the reason that memories are unknown; Redis stays', async () => {
    await rig.pass(950) // the next beat is due, and does not come
    rig.isKafkaUp = false
    for (let passed = 0; passed < 10_000; passed += 100) {
      await rig.pass(100)
      for (const each of [cell('room', 'server'), cell('width', 'gateway')])
        if (each.kind === 'unknown') expect(each.reason).toMatch(/^Kafka does not answer/)
    }
    expect(cell('room', 'server')).toMatchObject({ kind: 'unknown', reason: 'Kafka does not answer for 10 s' })
    expect(cell('width', 'gateway')).toMatchObject({ kind: 'unknown', reason: 'Kafka does not answer for 10 s' })
    expect(cell('room', 'redis')).toMatchObject({ kind: 'value' })
    expect(state()).toBe('unknown')
  })
})

test('a console that is behind says so, and judges nothing by what it read before', async () => {
  rig.isBehind = true
  edit('room', '#66')
  await rig.pass(9_000)
  expect(cell('room', 'server')).toMatchObject({ kind: 'unknown', reason: 'console is 9 s behind', last: '#0' })
  expect(rig.answers.divergence().items).toEqual([])
})

describe('a session that one copy lacks', () => {
  test('is missing in Redis', async () => {
    rig.redis.delete(sid)
    await rig.pass(12_000)
    expect(detail().session).toMatchObject({ state: 'missing', missingIn: ['redis'] })
    expect(rig.answers.divergence().items).toMatchObject([{ sid, state: 'missing', cause: 'missing' }])
  })

  test('is missing where only its index entry is gone', async () => {
    rig.redis.set(sid, { hash: rig.redis.get(sid)?.hash ?? {}, version: null })
    await rig.pass(12_000)
    expect(detail().session).toMatchObject({ state: 'missing', missingIn: ['redis'] })
  })

  test('is a ghost where only Redis has it', async () => {
    const ghost = sessionOf(sidOf(2), { handle: 8 })
    rig.putRedis(ghost)
    await rig.pass(12_000)
    expect(rig.answers.session(ghost.sid)?.session).toMatchObject({ state: 'ghost', handle: 8, server: null })
  })

  test('is no ghost while its owner has not applied what the gateways told', async () => {
    rig.processes.set(SERVER, { lag: 1_204 })
    await rig.pass(6_000)
    const young = sessionOf(sidOf(3))
    rig.putRedis(young)
    rig.putGateway(young)
    await rig.pass(12_000)
    expect(rig.answers.session(young.sid)?.session.state).toBe('unknown')
  })

  test('may be a ghost that holds nothing but rubbish', async () => {
    rig.redis.set(sidOf(4), { hash: { connectedAt: '99999999999999999999', width: '', odd: 'x' }, version: 'what' })
    await rig.pass(12_000)
    expect(rig.answers.session(sidOf(4))?.session).toMatchObject({ state: 'ghost', handle: 0, ip: '' })
  })
})
