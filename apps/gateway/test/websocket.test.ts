import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { createServerSide, SECRET, type ServerSide, type Session } from './harness/server-side.ts'
import { openStore, type Store } from './harness/stored-session.ts'
import { connectWebPlayer, type WebDoor, type WebPlayer } from './harness/web-player.ts'

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
