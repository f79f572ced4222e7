import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts, type Service, startKafka } from '@holdfast/stack'
import { startTcpProxy, type TcpProxy } from '@holdfast/stack/tcp-proxy'
import { sharedServices } from '@holdfast/stack/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { connectPlayer } from './harness/player.ts'
import { createServerSide, SECRET, type ServerSide } from './harness/server-side.ts'
import { connectWebPlayer } from './harness/web-player.ts'

/** A Kafka of its own, which the gateway reaches through a proxy; the test's server side does not use that. */

const KAFKA_START_MS = 120_000

let folder: string
let kafka: Service
let link: TcpProxy
let gateway: GatewayProcess
let server: ServerSide

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-gateway-'))
  const [port = 0, listenerPort = 0, linkPort = 0] = await freePorts(3)
  kafka = await startKafka({
    dataDir: join(folder, 'kafka'),
    logDir: join(folder, 'logs'),
    port,
    extraListeners: [{ name: 'gateway', port: listenerPort, advertisedPort: linkPort }],
  })
  link = await startTcpProxy({ port: linkPort, to: listenerPort })
  gateway = await startGatewayProcess({
    REDIS_URL: sharedServices().redisUrl,
    KAFKA_BROKERS: `127.0.0.1:${linkPort}`,
    HOLDFAST_SECRET: SECRET,
  })
  server = await createServerSide(kafka.url)
}, KAFKA_START_MS)
afterEach(() => link.restore())
afterAll(async () => {
  await server?.close()
  await gateway?.stop()
  await link?.close()
  await kafka?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const untilReady = (isReady: boolean) =>
  waitUntil(async () => (await gateway.readiness())?.checks.kafka?.ok === isReady, {
    what: isReady ? 'ready again' : 'not ready',
    timeoutMs: 15_000,
  })

test.each([
  ['cut', () => link.cut()],
  ['held', () => Promise.resolve(link.hold())],
])('is not ready while its link to Kafka is %s, though nobody types, and is ready again by itself', async (_, act) => {
  await untilReady(true)
  await act()
  await untilReady(false)
  expect(await gateway.readiness()).toMatchObject({ status: 503, checks: { redis: { ok: true } } })
  await link.restore()
  await untilReady(true)
})

test('keeps what is typed while Kafka is away, says so, and sends it in order when it is back', async () => {
  const player = await connectPlayer(gateway.telnetPort)
  const session = await server.nextSession()
  const onWeb = await connectWebPlayer({ httpPort: gateway.httpPort })
  const webSession = await server.nextSession()
  await link.cut()
  for (let number = 1; number <= 20; number++) player.type(`line ${number}`)
  for (let seq = 1; seq <= 20; seq++) onWeb.say('input', { seq, line: `line ${seq}` })
  await player.untilHeard('What you typed is kept')
  await onWeb.untilHeard('What you typed is kept')
  expect(onWeb.told('ack')).toEqual([]) // nothing is called safe that only this process has
  await link.restore()
  expect(await server.untilLines(session.sid, 20)).toEqual(
    Array.from({ length: 20 }, (_, n) => ({ inputSequence: n + 1, line: `line ${n + 1}` })),
  )
  await waitUntil(() => onWeb.told('ack').at(-1)?.seq === 20, { what: 'the acknowledgement', timeoutMs: 20_000 })
  expect(await server.untilLines(webSession.sid, 20)).toHaveLength(20)
  onWeb.hangUp()
  await untilReady(true)
  await server.speak([session], [{ kind: 'text', text: 'heard again\n' }])
  await player.untilHeard('heard again', 20_000)
  player.hangUp()
  await server.event(session.sid, 'connection.closed')
})

test('stops in bounded time while Kafka is away: players read why, and what is lost is said in the log', async () => {
  const player = await connectPlayer(gateway.telnetPort)
  await server.nextSession()
  await link.cut()
  const stoppedAt = performance.now()
  gateway.signal('SIGTERM')
  await player.untilHeard('going down for maintenance', 3_000)
  expect(await gateway.exited).toBe(0)
  expect(performance.now() - stoppedAt).toBeLessThan(20_000)
  expect(gateway.output()).toContain('stopped before Kafka had everything')
})
