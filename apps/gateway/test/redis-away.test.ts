import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts } from '@holdfast/stack'
import { startTcpProxy, type TcpProxy } from '@holdfast/stack/tcp-proxy'
import { sharedServices } from '@holdfast/stack/testing'
import { createSessionScripts } from '@holdfast/store'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { connectPlayer, windowSize } from './harness/player.ts'
import { createServerSide, SECRET, type ServerSide } from './harness/server-side.ts'
import { openStore, type Store } from './harness/stored-session.ts'

/** The gateway's link to the shared Redis goes through a proxy that each test cuts or holds; the test's own does not. */

const { redisUrl, kafkaBrokers } = sharedServices()
let link: TcpProxy
let gateway: GatewayProcess
let server: ServerSide
let store: Store

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  link = await startTcpProxy({ port, to: Number(new URL(redisUrl).port) })
  gateway = await startGatewayProcess({
    REDIS_URL: `redis://127.0.0.1:${port}`,
    KAFKA_BROKERS: kafkaBrokers,
    HOLDFAST_SECRET: SECRET,
  })
  server = await createServerSide(kafkaBrokers)
  store = await openStore(redisUrl)
})
afterEach(async () => {
  await link.restore()
  await waitUntil(async () => (await gateway.readiness())?.status === 200, { what: 'ready again', timeoutMs: 10_000 })
})
afterAll(async () => {
  store?.close()
  await server?.close()
  await gateway?.stop()
  await link?.close()
})

describe.each([
  ['cut', () => link.cut()],
  ['held, as when Redis is stopped', () => Promise.resolve(link.hold())],
])('with the link to Redis %s', (_, breakLink) => {
  test('is not ready and says why, seats players within its wait, and carries what they type and hear', async () => {
    await breakLink()
    await waitUntil(async () => (await gateway.readiness())?.checks.redis?.ok === false, {
      what: 'not ready',
      timeoutMs: 10_000,
    })
    const answer = await gateway.readiness()
    expect([answer?.status, answer?.checks.kafka?.ok]).toEqual([503, true])

    const connectedAt = performance.now()
    const player = await connectPlayer(gateway.telnetPort)
    player.type('look')
    const session = await server.nextSession()
    expect(performance.now() - connectedAt).toBeLessThan(2_500)
    expect(session.established.stored).toBe(false)
    expect(await server.untilLines(session.sid, 1)).toEqual([{ inputSequence: 1, line: 'look' }])
    await server.speak([session], [{ kind: 'text', text: 'The Hall\n' }])
    await player.untilHeard('The Hall\n')
    player.hangUp()
    expect(await server.event(session.sid, 'connection.closed')).toMatchObject({ reason: 'client' })
  })

  test('stores a change of the window once Redis is back', async () => {
    const player = await connectPlayer(gateway.telnetPort)
    const { sid, established } = await server.nextSession()
    expect(established.stored).toBe(true)
    await breakLink()
    player.send(windowSize(132, 50))
    await server.event(sid, 'connection.changed')
    expect((await store.session(sid)).width).toBeUndefined()
    await link.restore()
    await waitUntil(async () => (await store.session(sid)).width === '132', { what: 'the width', timeoutMs: 15_000 })
    expect(await store.version(sid)).toBe('1.2.0')
    player.hangUp()
  })

  test('stores it also where the owner makes the record late, from before the change', async () => {
    await breakLink()
    const player = await connectPlayer(gateway.telnetPort)
    const { sid, established } = await server.nextSession()
    expect(established.stored).toBe(false)
    player.send(windowSize(132, 50))
    await server.event(sid, 'connection.changed')
    await link.restore()
    await waitUntil(async () => (await gateway.readiness())?.status === 200, { what: 'ready again', timeoutMs: 10_000 })
    await createSessionScripts(store.redis).register(sid, established.fields)
    await waitUntil(async () => (await store.session(sid)).width === '132', { what: 'the width', timeoutMs: 10_000 })
    player.hangUp()
  })
})
