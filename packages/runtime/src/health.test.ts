import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { createHealth } from './health.ts'
import { type HealthServer, startHealthServer } from './http.ts'
import { createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { manualClock } from './testing/manual-clock.ts'

const logger = createLogger({ name: 'test', level: 'silent' })
const servers: HealthServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function start(health = createHealth({ clock: manualClock() }), port = 0) {
  const server = await startHealthServer({ host: '127.0.0.1', port, health, metrics: createMetrics(), logger })
  servers.push(server)
  return { server, get: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init) }
}

test('is ready only while every check is ok, and names each', async () => {
  const health = createHealth({ clock: manualClock() })
  const { get } = await start(health)
  expect((await get('/readyz')).status).toBe(200)
  const remove = health.check('redis', () => ({ ok: false, detail: 'no answer for 3 s' }))
  health.check('kafka', () => ({ ok: true }))
  const answer = await get('/readyz')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({
    status: 'not-ready',
    checks: { redis: { ok: false, detail: 'no answer for 3 s' }, kafka: { ok: true } },
  })
  remove()
  expect((await get('/readyz')).status).toBe(200)
})

test('takes a check that throws as not ok', () => {
  const health = createHealth({ clock: manualClock() })
  health.check('partitions', () => {
    throw new Error('not loaded')
  })
  expect(health.readiness().checks.partitions).toEqual({ ok: false, detail: 'the check failed: not loaded' })
})

test('says 503 for a while after the loop was stuck', async () => {
  let monotonicMs = 0
  const clock = { ...manualClock(), monotonic: () => monotonicMs }
  const health = createHealth({ clock, stuckAfterMs: 5_000, rememberMs: 15_000 })
  const { get } = await start(health)
  expect((await get('/healthz')).status).toBe(200)
  monotonicMs += 6_000
  const answer = await get('/healthz')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({ ok: false, detail: 'the event loop was stuck for 6000 ms' })
  monotonicMs += 4_000
  expect(health.liveness().ok).toBe(false)
  monotonicMs += 4_000
  expect(health.liveness().ok).toBe(false)
})

test('forgets a stuck loop when it has turned again long enough', async () => {
  const clock = manualClock()
  let late = 0
  const health = createHealth({ clock: { ...clock, monotonic: () => clock.monotonic() + late }, rememberMs: 15_000 })
  await clock.advance(1_000)
  late = 6_000
  expect(health.liveness().ok).toBe(false)
  await clock.advance(14_000)
  expect(health.liveness().ok).toBe(false)
  await clock.advance(2_000)
  expect(health.liveness().ok).toBe(true)
})

test('shows each check as a metric, as it is now', async () => {
  const health = createHealth({ clock: manualClock() })
  const { get } = await start(health)
  let isUp = true
  const remove = health.check('redis', () => ({ ok: isUp }))
  health.check('kafka', () => ({ ok: false }))
  const shown = async (): Promise<string[]> => {
    const text = await (await get('/metrics')).text()
    return text.split('\n').filter((line) => line.startsWith('holdfast_check_ok'))
  }
  expect(await shown()).toEqual(['holdfast_check_ok{check="redis"} 1', 'holdfast_check_ok{check="kafka"} 0'])
  isUp = false
  expect((await shown())[0]).toBe('holdfast_check_ok{check="redis"} 0')
  remove()
  expect(await shown()).toEqual(['holdfast_check_ok{check="kafka"} 0'])
})

test('serves metrics, answers HEAD without a body, and anything else with a problem', async () => {
  const { get } = await start()
  const metrics = await get('/metrics')
  expect(metrics.headers.get('content-type')).toContain('text/plain')
  expect(await metrics.text()).toContain('holdfast_process_cpu_seconds_total')
  const head = await get('/readyz', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  const missing = await get('/admin?x=1')
  expect(missing.status).toBe(404)
  expect(missing.headers.get('content-type')).toBe('application/problem+json')
  expect(await missing.json()).toMatchObject({ status: 404, title: 'Not Found' })
  expect((await get('/readyz', { method: 'POST' })).status).toBe(405)
})

test('says in one line that a port is in use', async () => {
  const { server } = await start()
  await expect(start(createHealth({ clock: manualClock() }), server.port)).rejects.toMatchObject({
    code: 'port-in-use',
    message: `port ${server.port} on 127.0.0.1 is in use: stop what listens there or choose another port`,
  })
})

test('closes at once although a client keeps its connection', async () => {
  const health = createHealth({ clock: systemClock })
  const { server, get } = await start(health)
  await (await get('/healthz')).text()
  await server.close()
  health.close()
  await expect(get('/healthz')).rejects.toThrow()
})

test('answers who offers another protocol on the way, also while somebody waits for WebSockets', async () => {
  const { server } = await start()
  server.server.on('upgrade', (_, socket) => socket.destroy())
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  const head = ['GET /readyz HTTP/1.1', 'host: x', 'connection: Upgrade, HTTP2-Settings', 'upgrade: h2c', '', '']
  socket.write(head.join('\r\n'))
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
  socket.destroy()
})

test('answers who asks for a WebSocket where there are none', async () => {
  const { server } = await start()
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  socket.write('GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /)
  socket.destroy()
})
