import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { connectPlayer, type Player, windowSize } from './harness/player.ts'
import { createServerSide, SECRET, type ServerSide, type Session } from './harness/server-side.ts'
import { openStore, type Store } from './harness/stored-session.ts'

/** A real gateway on real Redis and Kafka; the test plays the server, through the log. */

const { redisUrl, kafkaBrokers } = sharedServices()
let gateway: GatewayProcess
let server: ServerSide
let store: Store

beforeAll(async () => {
  gateway = await startGatewayProcess({
    REDIS_URL: redisUrl,
    KAFKA_BROKERS: kafkaBrokers,
    HOLDFAST_SECRET: SECRET,
  })
  server = await createServerSide(kafkaBrokers)
  store = await openStore(redisUrl)
})
afterAll(async () => {
  store?.close()
  await server?.close()
  await gateway?.stop()
})

async function connect(): Promise<{ player: Player; session: Session }> {
  const player = await connectPlayer(gateway.telnetPort)
  return { player, session: await server.nextSession() }
}

const text = (value: string) => ({ kind: 'text', text: value }) as const

describe('a new connection', () => {
  test('is stored in Redis, readable and without an end, before the log tells of it', async () => {
    const { player, session } = await connect()
    const { sid, established } = session
    const stored = await store.session(sid)
    expect(stored).toMatchObject({
      status: 'connected',
      transport: 'telnet',
      ip: '127.0.0.1',
      gateway: established.from,
      handle: String(established.fields.handle),
      slot: String(established.fields.slot),
      connectionEpoch: '1',
    })
    expect(established).toMatchObject({ stored: true, connectionEpoch: 1, fields: { status: 'connected' } })
    expect(await store.timeToLive(sid)).toBe(-1)
    expect(await store.version(sid)).toBe('1.1.0')
    expect(await store.redis.get(store.leaseKey(established.fields.slot))).toBe(established.from)
    player.hangUp()
  })

  test('has an id and a handle that no other has', async () => {
    const sessions = [await connect(), await connect(), await connect()]
    const ids = sessions.flatMap(({ session }) => [session.sid, session.established.fields.handle])
    expect(new Set(ids).size).toBe(6)
    for (const { player } of sessions) player.hangUp()
  })

  test('is known to the log before the lines that were typed while it was made', async () => {
    const player = await connectPlayer(gateway.telnetPort)
    player.type('one', 'two', 'three')
    const { sid } = await server.nextSession()
    await server.untilLines(sid, 3)
    const types = server.of(sid).map(({ type }) => type)
    expect(types.filter((type) => type !== 'connection.changed')).toEqual([
      'connection.established',
      'input',
      'input',
      'input',
    ])
    player.hangUp()
  })
})

describe('typed lines', () => {
  test('arrive numbered, in order, and sealed', async () => {
    const { player, session } = await connect()
    player.type('connect Ada swordfish')
    player.type('say Grüße, 世界', '')
    expect(await server.untilLines(session.sid, 3)).toEqual([
      { inputSequence: 1, line: 'connect Ada swordfish' },
      { inputSequence: 2, line: 'say Grüße, 世界' },
      { inputSequence: 3, line: '' },
    ])
    expect(server.raw()).not.toContain('swordfish')
    expect(gateway.output()).not.toContain('swordfish')
    player.hangUp()
  })

  test('are called late once where no server answers, and the answer still comes', async () => {
    const { player, session } = await connect()
    player.type('look')
    await player.untilHeard('catching its breath', 4_000)
    await server.speak([session], [text('The Hall\n')], { done: { sid: session.sid, inputSequence: 1 } })
    await player.untilHeard('The Hall\n')
    expect(player.heard().match(/catching its breath/g)).toHaveLength(1)
    player.hangUp()
  })
})

describe('output', () => {
  test('is heard by each of its listeners once, however often its cause comes', async () => {
    const [ada, bob] = [await connect(), await connect()]
    const both = [ada.session, bob.session]
    const { cause, epoch } = await server.speak(both, [text('Ada says, "hi"\n')])
    await server.speak(both, [text('Ada says, "hi"\n')], { cause, epoch })
    await server.speak([ada.session], [text('Ada says, "hi" (told otherwise)\n')], { cause, epoch: epoch + 1 })
    await server.speak(both, [text('that was all\n')], { epoch: epoch + 2 })
    for (const { player } of [ada, bob]) {
      await player.untilHeard('that was all')
      expect(player.heard()).toBe('Ada says, "hi"\nthat was all\n')
      player.hangUp()
    }
    expect(await gateway.metric('holdfast_gateway_dropped_total', { what: 'repeat' })).toBeGreaterThanOrEqual(3)
  })

  test('of an older owner is not shown', async () => {
    const { player, session } = await connect()
    const { epoch } = await server.speak([session], [text('the owner\n')])
    await server.speak([session], [text('a former owner\n')], { epoch: epoch - 1 })
    await server.speak([session], [text('the owner again\n')])
    await player.untilHeard('again')
    expect(player.heard()).toBe('the owner\nthe owner again\n')
    player.hangUp()
  })

  test('that nobody can read holds nothing up', async () => {
    const { player, session } = await connect()
    const before = await gateway.metric('holdfast_gateway_dropped_total', { what: 'unreadable' })
    await server.write(session, '{"v":2}')
    await server.speak([session], [text('still here\n')])
    await player.untilHeard('still here')
    expect(await gateway.metric('holdfast_gateway_dropped_total', { what: 'unreadable' })).toBe(before + 1)
    player.hangUp()
  })
})

const hangUpTalking = (player: Player): void => {
  player.type('say wait')
  player.hangUp()
}

describe('the end of a connection', () => {
  test('asked for by the server comes after the goodbye, is told to the log and detaches in Redis', async () => {
    const { player, session } = await connect()
    await server.speak([session], [text('Goodbye.\n'), { kind: 'close', reason: 'quit' }, text('too late\n')])
    await waitUntil(() => player.closed, { what: 'the close' })
    expect(player.heard()).toBe('Goodbye.\n')
    expect(await server.event(session.sid, 'connection.closed')).toMatchObject({ reason: 'quit', connectionEpoch: 1 })
    await waitUntil(async () => (await store.session(session.sid)).status === 'detached', { what: 'the detach' })
    expect(await store.session(session.sid)).toMatchObject({ closeReason: 'quit' })
  })

  test.each([
    ['hangs up', (player: Player) => player.hangUp()],
    ['hangs up with words on its lips', hangUpTalking],
  ])('is told to the log and to Redis when the client %s', async (_, leave) => {
    const { player, session } = await connect()
    leave(player)
    expect(await server.event(session.sid, 'connection.closed')).toMatchObject({ reason: 'client' })
    await waitUntil(async () => (await store.session(session.sid)).status === 'detached', { what: 'the detach' })
    expect(server.of(session.sid).filter(({ type }) => type === 'connection.closed')).toHaveLength(1)
    expect(server.of(session.sid).at(-1)?.type).toBe('connection.closed')
  })
})

describe('a change of the window', () => {
  test('lands in Redis and in the log, with its revision', async () => {
    const { player, session } = await connect()
    player.send(windowSize(132, 50))
    const changed = await server.event(session.sid, 'connection.changed')
    expect(changed).toMatchObject({ gatewayRevision: 2, fields: { width: 132, height: 50 } })
    await waitUntil(async () => (await store.session(session.sid)).width === '132', { what: 'the width in Redis' })
    expect(await store.version(session.sid)).toBe('1.2.0')
    player.hangUp()
  })

  test('again and again is heard once a second, and the last one wins', async () => {
    const { player, session } = await connect()
    for (let width = 40; width <= 200; width += 2) player.send(windowSize(width, 24))
    await waitUntil(async () => (await store.session(session.sid)).width === '200', { what: 'the last width' })
    const changes = server.of(session.sid).filter(({ type }) => type === 'connection.changed')
    expect(changes.length).toBeLessThanOrEqual(3)
    player.hangUp()
  })
})

describe('bounds', () => {
  test('a client that does not read is closed as slow with bounded memory, and nobody else waits for it', async () => {
    const [slow, quick] = [await connect(), await connect()]
    slow.player.stopReading()
    const before = await gateway.metric('holdfast_process_resident_memory_bytes')
    const block = `${'x'.repeat(63)}\n`.repeat(4_096) // 256 KB
    let blocks = 0
    const isClosed = () => server.of(slow.session.sid).some(({ type }) => type === 'connection.closed')
    while (!isClosed() && blocks < 200) {
      await server.speak([slow.session], [text(block)])
      blocks++
      const word = `word ${blocks}\n`
      await server.speak([quick.session], [text(word)])
      await quick.player.untilHeard(word, 2_000)
    }
    expect(await server.event(slow.session.sid, 'connection.closed')).toMatchObject({ reason: 'slow' })
    expect((await gateway.metric('holdfast_process_resident_memory_bytes')) - before).toBeLessThan(96 * 1024 * 1024)
    expect(await gateway.metric('holdfast_connections_closed_total', { reason: 'slow' })).toBe(1)
    slow.player.hangUp()
    quick.player.hangUp()
  })

  test('a flood is told, then closed, and its lines arrive in order up to there', async () => {
    const { player, session } = await connect()
    player.type(...Array.from({ length: 400 }, (_, number) => `line ${number + 1}`))
    await waitUntil(() => player.ended, { what: 'the close' })
    expect(player.heard()).toContain('You are typing too fast')
    expect(player.heard()).toContain('You sent more than this game can take. Goodbye.\n')
    expect(await server.event(session.sid, 'connection.closed')).toMatchObject({ reason: 'flood' })
    const lines = server.lines(session.sid)
    expect(lines.length).toBeGreaterThanOrEqual(100)
    expect(lines.length).toBeLessThan(130)
    expect(lines).toEqual(lines.map((_, n) => ({ inputSequence: n + 1, line: `line ${n + 1}` })))
  })

  test('a line without an end is cut at 8 KB, and its player is told', async () => {
    const { player, session } = await connect()
    player.type('y'.repeat(100_000))
    expect(await server.untilLines(session.sid, 1)).toEqual([{ inputSequence: 1, line: 'y'.repeat(8_192) }])
    await player.untilHeard('only its beginning was taken')
    player.hangUp()
  })
})
