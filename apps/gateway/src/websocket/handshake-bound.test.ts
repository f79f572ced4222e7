import { createServer } from 'node:http'
import { networks } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { afterEach, expect, it } from 'vitest'
import { type SocketPair, socketPair } from '../testing/socket-pair.ts'
import { boundHandshakes } from './handshake-bound.ts'

const pairs: SocketPair[] = []
afterEach(() => {
  for (const pair of pairs.splice(0)) pair.close()
})

function boundRig() {
  const server = createServer()
  let refused = 0
  const bound = boundHandshakes({
    server,
    trustedProxies: networks().parse('198.51.100.0/24'),
    limits: { handshakesPerAddress: 2 },
    onRefused: () => void refused++,
  })
  /** A socket of this machine that says it is from elsewhere. */
  const dial = async (ip: string) => {
    const pair = await socketPair()
    pairs.push(pair)
    Object.defineProperty(pair.near, 'remoteAddress', { value: ip })
    server.emit('connection', pair.near)
    return pair
  }
  return { bound, dial, refused: () => refused }
}

it('holds no more sockets of one address than it may, and has room again when one goes or becomes a WebSocket', async () => {
  const { bound, dial, refused } = boundRig()
  const [one, two] = [await dial('192.0.2.1'), await dial('::ffff:192.0.2.1')]
  expect((await dial('192.0.2.1')).near.destroyed).toBe(true)
  expect((await dial('192.0.2.2')).near.destroyed).toBe(false)
  expect(refused()).toBe(1)
  bound.release(one.near)
  expect((await dial('192.0.2.1')).near.destroyed).toBe(false)
  two.far.destroy()
  await waitUntil(() => two.near.destroyed, { what: 'the close' })
  expect((await dial('192.0.2.1')).near.destroyed).toBe(false)
  expect((await dial('192.0.2.1')).near.destroyed).toBe(true)
})

it.each(['127.0.0.1', '::1', '198.51.100.7'])('leaves %s alone, behind which many may be', async (ip) => {
  const { dial } = boundRig()
  for (let number = 0; number < 5; number++) expect((await dial(ip)).near.destroyed).toBe(false)
})
