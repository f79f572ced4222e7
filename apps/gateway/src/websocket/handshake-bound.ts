import type { Server } from 'node:http'
import type { BlockList, Socket } from 'node:net'
import { isInNetworks, withoutMapping } from '@holdfast/runtime'
import { createAddressCount } from '../connections/address-count.ts'
import { isLoopback } from '../connections/is-loopback.ts'
import type { Limits } from '../connections/limits.ts'

export interface HandshakeBoundOptions {
  server: Server
  /** They stand for many. */
  trustedProxies: BlockList
  limits: Pick<Limits, 'handshakesPerAddress'>
  onRefused(): void
}

/**
 * Bounds the sockets of one address that have not become a WebSocket: seats are counted once they are taken (seat.ts), and
 * who opens sockets and says nothing would else hold as many as it likes for the time that a request may take.
 */
export function boundHandshakes({ server, trustedProxies, limits, onRefused }: HandshakeBoundOptions) {
  const waiting = new Map<Socket, string>()
  const count = createAddressCount()

  const release = (socket: Socket): void => {
    const ip = waiting.get(socket)
    if (ip === undefined) return
    waiting.delete(socket)
    count.remove(ip)
  }

  server.on('connection', (socket) => {
    const ip = withoutMapping(socket.remoteAddress ?? '')
    if (isLoopback(ip) || isInNetworks(trustedProxies, ip)) return
    if (count.of(ip) >= limits.handshakesPerAddress) {
      onRefused()
      socket.destroy()
      return
    }
    waiting.set(socket, ip)
    count.add(ip)
    socket.once('close', () => release(socket))
  })

  return {
    /** It has become a WebSocket. */
    release,
  }
}
