import { connect as connectSocket } from 'node:net'
import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { connectPlayer } from './harness/player.ts'
import { createServerSide, SECRET, type ServerSide } from './harness/server-side.ts'
import { openStore, type Store } from './harness/stored-session.ts'
import { connectWebPlayer } from './harness/web-player.ts'

const { redisUrl, kafkaBrokers } = sharedServices()
const gateways: GatewayProcess[] = []
let server: ServerSide
let store: Store

const start = async (): Promise<GatewayProcess> => {
  const gateway = await startGatewayProcess({
    REDIS_URL: redisUrl,
    KAFKA_BROKERS: kafkaBrokers,
    HOLDFAST_SECRET: SECRET,
  })
  gateways.push(gateway)
  return gateway
}

beforeAll(async () => {
  await start() // makes the topics
  server = await createServerSide(kafkaBrokers)
  store = await openStore(redisUrl)
})
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()))
})
afterAll(async () => {
  store?.close()
  await server?.close()
})

test('lets every player read the reason before the close, tells the log, gives its slot back and ends with 0', async () => {
  const gateway = await start()
  const players = [await connectPlayer(gateway.telnetPort), await connectPlayer(gateway.telnetPort)]
  const onWeb = await connectWebPlayer({ httpPort: gateway.httpPort })
  const sessions = [await server.nextSession(), await server.nextSession(), await server.nextSession()]
  players[0]?.type('say the last words')
  onWeb.type('say the last words')
  const stoppedAt = performance.now()
  gateway.signal('SIGTERM')
  expect(await gateway.exited).toBe(0)
  expect(performance.now() - stoppedAt).toBeLessThan(10_000)
  for (const player of players) {
    await waitUntil(() => player.closed, { what: 'the close' })
    expect(player.heard()).toMatch(/The game is going down for maintenance\. Please come back in a moment\.\n$/)
  }
  // A page comes back by itself, at a moment of its own.
  expect(await onWeb.untilClosed()).toEqual({ code: 4001, reason: 'shutdown' })
  expect(onWeb.frames()).toEqual([
    'The game is going down for maintenance. Please come back in a moment.\r\n',
    expect.stringMatching(/^<reconnect \{"afterMs":\d{1,4}\}>$/),
  ])
  for (const { sid } of sessions) {
    expect(await server.event(sid, 'connection.closed')).toMatchObject({ reason: 'shutdown' })
    expect(await store.session(sid)).toMatchObject({ status: 'detached', closeReason: 'shutdown' })
  }
  const slot = sessions[0]?.established.fields.slot ?? -1
  expect(await store.redis.exists(store.leaseKey(slot))).toBe(0)
})

test('takes nobody more, and is not ready, while it stops', async () => {
  const gateway = await start()
  const player = await connectPlayer(gateway.telnetPort)
  await server.nextSession()
  player.stopReading() // it holds the stop up: its end is not noticed before the time for it is over
  gateway.signal('SIGTERM')
  await waitUntil(async () => (await gateway.readiness())?.checks.gateway?.ok === false, { what: 'not ready' })
  const refused = await new Promise((resolve) => {
    const socket = connectSocket({ port: gateway.telnetPort, host: '127.0.0.1' })
    socket.once('error', () => resolve(true))
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
  })
  expect(refused).toBe(true)
  expect(await gateway.exited).toBe(0)
})

test('tells its players, and ends to be started again, when another gateway holds its slot', async () => {
  const gateway = await start()
  const player = await connectPlayer(gateway.telnetPort)
  const { sid, established } = await server.nextSession()
  const key = store.leaseKey(established.fields.slot)
  await store.redis.set(key, 'gateway-of-another')
  expect(await gateway.exited).toBe(71)
  await waitUntil(() => player.closed, { what: 'the close' })
  expect(player.heard()).toBe('This gateway has lost its place. Please connect again.\n')
  // Its session waits for the player: owners detach it, now that its gateway has said goodbye.
  expect(server.of(sid).map(({ type }) => type)).not.toContain('connection.closed')
  expect(await store.session(sid)).toMatchObject({ status: 'connected' })
  expect(await store.redis.get(key)).toBe('gateway-of-another')
  expect(gateway.output()).toContain('SLOT_LOST')
  await store.redis.del(key)
})

test('takes its slot again when only the lease was lost', async () => {
  const gateway = await start()
  const player = await connectPlayer(gateway.telnetPort)
  const session = await server.nextSession()
  const { slot } = session.established.fields
  await store.redis.del(store.leaseKey(slot))
  await waitUntil(async () => (await store.redis.get(store.leaseKey(slot))) === session.established.from, {
    what: 'the lease is back',
  })
  await server.speak([session], [{ kind: 'text', text: 'still here\n' }])
  await player.untilHeard('still here')
  player.hangUp()
})

test('leaves its slot to a gateway that is heard there, though Redis has lost all leases', async () => {
  const one = await start()
  const player = await connectPlayer(one.telnetPort)
  const { slot } = (await server.nextSession()).established.fields
  await store.redis.set(store.leaseKey(slot), 'nobody', 'PX', 1) // gone, as after a wipe
  const [, two] = await Promise.all([
    waitUntil(async () => (await store.redis.exists(store.leaseKey(slot))) === 1, { what: 'the lease taken again' }),
    start(),
  ])
  const other = await connectPlayer(two.telnetPort)
  expect((await server.nextSession()).established.fields.slot).not.toBe(slot)
  for (const each of [player, other]) each.hangUp()
})

test('gives each of two gateways a slot and sessions of its own', async () => {
  const [one, two] = [await start(), await start()]
  const [ada, bob] = [await connectPlayer(one.telnetPort), await connectPlayer(two.telnetPort)]
  const sessions = [await server.nextSession(), await server.nextSession()]
  const fields = sessions.map(({ established }) => established.fields)
  expect(new Set(fields.map(({ slot }) => slot)).size).toBe(2)
  expect(new Set(fields.map(({ gateway }) => gateway)).size).toBe(2)
  expect(new Set(fields.map(({ handle }) => handle)).size).toBe(2)
  for (const session of sessions) await server.speak([session], [{ kind: 'text', text: 'yours\n' }])
  for (const player of [ada, bob]) {
    await player.untilHeard('yours\n')
    expect(player.heard()).toBe('yours\n')
    player.hangUp()
  }
})

test('says nothing in its log of where players come from and of what they type', async () => {
  const gateway = await start()
  const player = await connectPlayer(gateway.telnetPort)
  const { sid } = await server.nextSession()
  player.type('connect Ada swordfish')
  await server.untilLines(sid, 1)
  const onWeb = await connectWebPlayer({ httpPort: gateway.httpPort })
  const session = await server.nextSession()
  onWeb.say('hello', { client: 'Lantern' })
  onWeb.say('input', { seq: 1, line: 'connect Bob swordfish' })
  onWeb.send('not what is spoken: swordfish')
  await server.untilLines(session.sid, 1)
  gateway.signal('SIGTERM')
  await gateway.exited
  expect(gateway.output()).toContain('gateway accepts players')
  expect(gateway.output()).not.toMatch(/swordfish|Ada|Bob|Lantern|127\.0\.0\.1/)
})
