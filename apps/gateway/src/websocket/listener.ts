import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, Logger } from '@holdfast/runtime'
import { CLOSE_REASONS, MESSAGE_BYTES_MAX } from '@holdfast/store/contracts'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Arrival } from '../connections/client.ts'
import { withoutMapping } from '../telnet/listener.ts'
import { chooseSubprotocol, judgeUpgrade, spokenOn, type UpgradeRefusal } from './upgrade.ts'
import { createWebSocketClient, factsOfSubprotocol, turnAwayFrom } from './web-socket-client.ts'

/** Pieces of a message, and chunks of what has not become a frame yet: memory beside the message's own. */
const FRAGMENTS_MAX = 1_024
const CHUNKS_MAX = 4_096
/** How long who is refused may take to read why. */
const REFUSAL_WAIT_MS = 5_000

export interface WebSocketListenerOptions {
  /** Whose `upgrade` requests are taken; it lives on after `close`. */
  server: Server
  /** Origins of pages that may connect, as browsers write them. */
  origins: readonly string[]
  onArrival(arrival: Arrival): void
  onRefused(why: UpgradeRefusal | 'unavailable'): void
  clock: Clock
  random: () => number
  logger: Pick<Logger, 'error'>
}

export interface WebSocketListener {
  /** Takes nobody any more: who asks is told to come back. Those there are live on, they belong to whoever got them. */
  close(): void
}

/** Takes WebSockets on an HTTP server that is there already. */
export function startWebSocketListener(options: WebSocketListenerOptions): WebSocketListener {
  const { server, clock, onRefused, logger } = options
  const origins: ReadonlySet<string> = new Set(options.origins)
  let isOpen = true
  // No permessage-deflate: inflated, a frame of a few bytes is megabytes, and each connection would hold its window.
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: CHUNKS_MAX,
    handleProtocols: (offered) => chooseSubprotocol(offered) ?? false,
  })

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const { remoteAddress } = request.socket
    // Gone before we looked: there is nobody to serve, and no address to count it under.
    if (remoteAddress === undefined) return void socket.destroy()
    if (!isOpen) {
      onRefused('unavailable')
      return refuse(socket, 503, CLOSE_REASONS.unavailable, clock)
    }
    const verdict = judgeUpgrade(request, origins)
    if (verdict.kind === 'refuse') {
      onRefused(verdict.why)
      return refuse(socket, verdict.status, verdict.detail, clock)
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      try {
        options.onArrival(arrivalOf(webSocket, withoutMapping(remoteAddress), options))
      } catch (error) {
        logger.error({ err: error }, 'a WebSocket could not be set up')
        webSocket.on('error', () => webSocket.terminate())
        webSocket.terminate()
      }
    })
  })

  return {
    close() {
      isOpen = false
    },
  }
}

function arrivalOf(socket: WebSocket, ip: string, { clock, random }: WebSocketListenerOptions): Arrival {
  const subprotocol = spokenOn(socket.protocol)
  const own = { socket, subprotocol, clock, random }
  return {
    ip,
    transport: 'websocket',
    facts: factsOfSubprotocol(subprotocol),
    open: (events, identity) => createWebSocketClient(own, events, identity),
    turnAway: (reason) => turnAwayFrom(own, `${CLOSE_REASONS[reason]}\n`, reason),
    cut: () => socket.terminate(),
    onceGone: (listener) => void socket.once('close', listener),
  }
}

/** Answers a handshake with why there is none. Node leaves the socket to us, answer and end. */
function refuse(socket: Duplex, status: number, detail: string, clock: Clock): void {
  const title = STATUS_CODES[status] ?? ''
  const body = JSON.stringify({ type: 'about:blank', title, status, detail })
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
  ]
  const patience = clock.setTimeout(() => socket.destroy(), REFUSAL_WAIT_MS)
  socket.once('close', () => patience.cancel())
  socket.once('finish', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
