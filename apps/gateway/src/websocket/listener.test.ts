import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { networks, systemClock } from '@holdfast/runtime'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Arrival } from '../connections/client.ts'
import { LIMITS } from '../connections/limits.ts'
import { startWebSocketListener } from './listener.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function listenerRig({ onArrival = () => undefined }: { onArrival?: (arrival: Arrival) => void } = {}) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has an address')
  const { port } = address
  ends.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const arrivals: Arrival[] = []
  const refused: string[] = []
  const errors: unknown[] = []
  const listener = startWebSocketListener({
    server,
    origins: ['http://localhost:3000'],
    trustedProxies: networks().parse('127.0.0.1'),
    limits: LIMITS,
    onArrival(arrival) {
      arrivals.push(arrival)
      ends.push(() => arrival.cut())
      onArrival(arrival)
    },
    onRefused: (why) => refused.push(why),
    clock: systemClock,
    random: () => 0.5,
    logger: { error: (...parts: unknown[]) => void errors.push(parts) },
  })
  const dial = (
    subprotocols: string[] = [],
    options: { origin?: string; headers?: Record<string, string>; path?: string } = {},
  ) => {
    const { path = '/ws', ...rest } = options
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, subprotocols, rest)
    ends.push(() => socket.terminate())
    socket.on('error', () => socket.terminate())
    return socket
  }
  return { port, listener, arrivals, refused, errors, dial }
}

async function answerTo(socket: WebSocket): Promise<{ status: number | undefined; body: unknown }> {
  const [, response] = await once(socket, 'unexpected-response')
  let body = ''
  for await (const part of response) body += part
  return { status: response.statusCode, body: JSON.parse(body) }
}

it('hands on who comes, with its address and what is spoken, and agrees to no compression', async () => {
  const { arrivals, dial } = await listenerRig()
  const socket = dial(['terminal.mudstandards.org', 'json.mudstandards.org'], {
    origin: 'http://localhost:3000',
    headers: { 'x-forwarded-for': '10.9.9.9, 203.0.113.5' },
  })
  await once(socket, 'open')
  expect([socket.protocol, socket.extensions]).toEqual(['json.mudstandards.org', ''])
  expect(arrivals).toMatchObject([
    { ip: '203.0.113.5', transport: 'websocket', facts: { capabilities: ['json.mudstandards.org', 'UTF-8'] } },
  ])
})

it.each([
  ['a page of somebody else', { origin: 'https://evil.example' }, [], 403, 'origin'],
  ['another path', { path: '/socket' }, [], 404, 'path'],
  ['who speaks only other things', {}, ['gmcp.mudstandards.org'], 400, 'subprotocol'],
] as const)('tells %s why it is refused, and seats nobody', async (_, options, subprotocols, status, why) => {
  const { arrivals, refused, dial } = await listenerRig()
  const answer = await answerTo(dial([...subprotocols], options))
  expect(answer).toEqual({ status, body: expect.objectContaining({ status, detail: expect.any(String) }) })
  expect([arrivals, refused]).toEqual([[], [why]])
})

it('tells who comes while the gateway stops to try again', async () => {
  const { listener, refused, dial } = await listenerRig()
  listener.close()
  expect(await answerTo(dial())).toMatchObject({ status: 503 })
  expect(refused).toEqual(['unavailable'])
})

it('lets who is turned away read the reason', async () => {
  const { dial } = await listenerRig({ onArrival: (arrival) => arrival.turnAway('too-many') })
  const socket = dial(['json.mudstandards.org'])
  const heard: string[] = []
  socket.on('message', (message) => heard.push(String(message)))
  const [code, reason] = await once(socket, 'close')
  expect(heard).toEqual([
    'There are too many connections from your address.\r\n',
    String.raw`{"proto":"holdfast","id":"bye","data":"{\"reason\":\"too-many\"}"}`,
  ])
  expect([code, String(reason)]).toEqual([1000, 'too-many'])
})

it('closes a WebSocket that could not be set up, and takes the next', async () => {
  let isFirst = true
  const { errors, dial } = await listenerRig({
    onArrival() {
      if (!isFirst) return
      isFirst = false
      throw new Error('no room')
    },
  })
  await once(dial(), 'close')
  await once(dial(), 'open')
  expect(errors).toHaveLength(1)
})

it('lives on after a handshake that is none', async () => {
  const { port, dial } = await listenerRig()
  const socket = connect({ port, host: '127.0.0.1' })
  ends.push(() => socket.destroy())
  socket.write('GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /)
  await once(dial(), 'open')
})
