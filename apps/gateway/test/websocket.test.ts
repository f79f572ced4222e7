import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { createServerSide, SECRET, type ServerSide, type Session } from './harness/server-side.ts'
import { openStore, type Store } from './harness/stored-session.ts'
import { connectWebPlayer, refusedSocket, type WebDoor, type WebPlayer } from './harness/web-player.ts'

/** A real gateway on real Redis and Kafka, a real client of its WebSockets; the test plays the server, through the log. */

const ORIGIN = 'http://localhost:3000'
const { redisUrl, kafkaBrokers } = sharedServices()
let gateway: GatewayProcess
let server: ServerSide
let store: Store

beforeAll(async () => {
  gateway = await startGatewayProcess({
    REDIS_URL: redisUrl,
    KAFKA_BROKERS: kafkaBrokers,
    HOLDFAST_SECRET: SECRET,
    HOLDFAST_WS_ORIGINS: ORIGIN,
  })
  server = await createServerSide(kafkaBrokers)
  store = await openStore(redisUrl)
})
afterAll(async () => {
  store?.close()
  await server?.close()
  await gateway?.stop()
})

async function connect(door: Partial<WebDoor> = {}): Promise<{ player: WebPlayer; session: Session }> {
  const player = await connectWebPlayer({ httpPort: gateway.httpPort, origin: ORIGIN, ...door })
  return { player, session: await server.nextSession() }
}

const text = (value: string) => ({ kind: 'text', text: value }) as const

describe('a session by WebSocket', () => {
  test('is stored, told to the log and shown as one by telnet is', async () => {
    const { player, session } = await connect()
    expect(session.established).toMatchObject({ stored: true, fields: { transport: 'websocket', ip: '127.0.0.1' } })
    expect(await store.session(session.sid)).toMatchObject({
      status: 'connected',
      transport: 'websocket',
      capabilities: 'json.mudstandards.org,UTF-8',
    })
    player.say('hello', { client: 'Lantern 1.0', width: 100, height: 40, token: 'of another time' })
    expect(await player.untilTold('welcome')).toEqual({
      sid: session.sid,
      handle: session.established.fields.handle,
      token: null,
      resumed: false,
    })
    await waitUntil(async () => (await store.session(session.sid)).width === '100', { what: 'the width in Redis' })
    expect(await store.session(session.sid)).toMatchObject({ client: 'Lantern 1.0', height: '40' })
    expect(await gateway.metric('holdfast_connections_opened_total', { transport: 'websocket' })).toBeGreaterThan(0)
    player.hangUp()
    expect(await server.event(session.sid, 'connection.closed')).toMatchObject({ reason: 'client' })
  })

  test('talks both ways, and knows from the acknowledgement that the log has a line', async () => {
    const { player, session } = await connect()
    player.type('look\r\n')
    player.say('input', { seq: 1, line: 'say Grüße, 世界' })
    player.say('input', { seq: 1, line: 'say Grüße, 世界' })
    player.say('input', { seq: 2, line: '' })
    await waitUntil(() => player.told('ack').at(-1)?.seq === 2, { what: 'the acknowledgement' })
    expect(await server.untilLines(session.sid, 3)).toEqual([
      { inputSequence: 1, line: 'look' },
      { inputSequence: 2, line: 'say Grüße, 世界' },
      { inputSequence: 3, line: '' },
    ])
    await server.speak([session], [text('You say, "\u001b[1mhi\u001b[0m"\n')])
    await player.untilHeard('You say, "\u001b[1mhi\u001b[0m"\n')
    player.hangUp()
  })

  test('knows of a password before its prompt', async () => {
    const { player, session } = await connect()
    await server.speak(
      [session],
      [{ kind: 'echo', on: false }, { kind: 'prompt', text: 'Password: ' }, { kind: 'echo', on: true }, text('Hi\n')],
    )
    await player.untilHeard('Hi\n')
    expect(player.frames()).toEqual(['<echo {"on":false}>', 'Password: ', '<echo {"on":true}>', 'Hi\r\n'])
    player.hangUp()
  })
})

describe('who is no page of ours', () => {
  test('is refused, with the reason, and leaves no session', async () => {
    const opened = () => gateway.metric('holdfast_connections_opened_total', { transport: 'websocket' })
    const before = await opened()
    const { httpPort } = gateway
    expect(await refusedSocket({ httpPort, origin: 'https://evil.example' })).toMatchObject({ status: 403 })
    expect(await refusedSocket({ httpPort, origin: ORIGIN, path: '/' })).toMatchObject({ status: 404 })
    const strange = await refusedSocket({ httpPort, origin: ORIGIN, subprotocols: ['chat'] })
    expect(strange).toMatchObject({ status: 400, body: expect.stringContaining('json.mudstandards.org') })
    expect(await gateway.metric('holdfast_connections_refused_total', { why: 'origin' })).toBe(1)
    expect(await opened()).toBe(before)
  })

  test('and is a program, without a page, plays in the plainest way', async () => {
    const player = await connectWebPlayer({ httpPort: gateway.httpPort, subprotocols: [] })
    const session = await server.nextSession()
    expect(player.subprotocol).toBe('')
    player.send('look')
    expect(await server.untilLines(session.sid, 1)).toEqual([{ inputSequence: 1, line: 'look' }])
    await server.speak(
      [session],
      [
        { kind: 'echo', on: false },
        { kind: 'prompt', text: 'Password: ' },
      ],
    )
    await player.untilHeard('Password: ')
    expect(player.frames()).toEqual(['Password: '])
    player.hangUp()
  })
})

describe('the end of a WebSocket', () => {
  test.each(['quit', 'boot', 'replaced'] as const)(
    'by %s comes after the goodbye, and tells it not to come back',
    async (reason) => {
      const { player, session } = await connect()
      await server.speak([session], [text('Goodbye.\n'), { kind: 'close', reason }, text('too late\n')])
      expect(await player.untilClosed()).toEqual({ code: 1000, reason })
      expect(player.frames()).toEqual(['Goodbye.\r\n', `<bye {"reason":"${reason}"}>`])
      expect(await server.event(session.sid, 'connection.closed')).toMatchObject({ reason })
      await waitUntil(async () => (await store.session(session.sid)).status === 'detached', { what: 'the detach' })
    },
  )

  test('by a message over its bound has its code, is told to the log, and hurts nobody else', async () => {
    const [big, other] = [await connect(), await connect()]
    big.player.type('say before')
    big.player.send(Buffer.alloc(64 * 1024 + 1, 'x'))
    expect(await big.player.untilClosed()).toMatchObject({ code: 1009 })
    expect(await server.event(big.session.sid, 'connection.closed')).toMatchObject({ reason: 'flood' })
    expect(server.lines(big.session.sid)).toEqual([{ inputSequence: 1, line: 'say before' }])
    other.player.send(Buffer.alloc(64 * 1024, 'y'))
    expect(await server.untilLines(other.session.sid, 1)).toEqual([{ inputSequence: 1, line: 'y'.repeat(8_192) }])
    await other.player.untilHeard('only its beginning was taken')
    other.player.hangUp()
  })

  test('by lines without end is told to the player, and those before arrive in order', async () => {
    const { player, session } = await connect()
    for (let seq = 1; seq <= 400; seq++) player.say('input', { seq, line: `line ${seq}` })
    expect(await player.untilClosed()).toEqual({ code: 1000, reason: 'flood' })
    expect(player.heard()).toContain('You sent more than this game can take. Goodbye.\n')
    expect(await server.event(session.sid, 'connection.closed')).toMatchObject({ reason: 'flood' })
    const lines = server.lines(session.sid)
    expect(lines.length).toBeGreaterThanOrEqual(100)
    expect(lines).toEqual(lines.map((_, n) => ({ inputSequence: n + 1, line: `line ${n + 1}` })))
    const acknowledged = player.told('ack').at(-1)?.seq ?? 0
    expect(acknowledged).toBeLessThanOrEqual(lines.length)
  })

  test('by a client that does not read is its own: bounded memory, its code, and nobody waits for it', async () => {
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
    slow.player.readOn()
    expect(await slow.player.untilClosed()).toEqual({ code: 4009, reason: 'slow' })
    expect((await gateway.metric('holdfast_process_resident_memory_bytes')) - before).toBeLessThan(96 * 1024 * 1024)
    quick.player.hangUp()
  })
})
