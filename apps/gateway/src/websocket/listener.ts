import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { BlockList } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Clock, clientAddress, type Logger } from '@holdfast/runtime'
import { CLOSE_REASONS, MESSAGE_BYTES_MAX } from '@holdfast/store/contracts'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Arrival } from '../connections/client.ts'
import type { Limits } from '../connections/limits.ts'
import { boundHandshakes } from './handshake-bound.ts'
import { turnAwayFrom } from './parting.ts'
import { chooseSubprotocol, judgeUpgrade, spokenOn, type UpgradeRefusal } from './upgrade.ts'
import { createWebSocketClient, factsOfSubprotocol } from './web-socket-client.ts'

/** Pieces of a message, and chunks of what has not become a frame yet: memory beside the message's own. */
const FRAGMENTS_MAX = 1_024
const CHUNKS_MAX = 4_096
/** How long who is refused may take to read why. */
const REFUSAL_WAIT_MS = 5_000

const STOPPING = { kind: 'refuse', status: 503, why: 'unavailable', detail: CLOSE_REASONS.unavailable } as const

export interface WebSocketListenerOptions {
  /** Whose `upgrade` requests are taken; it lives on after `close`. */
  server: Server
  /** Origins of pages that may connect, as browsers write them. */
  origins: readonly string[]
  /** Proxies that are believed where they say who asks. */
  trustedProxies: BlockList
  limits: Pick<Limits, 'handshakesPerAddress' | 'frameBurst' | 'framesPerSecond'>
  onArrival(arrival: Arrival): void
  onRefused(why: UpgradeRefusal | 'unavailable' | 'handshakes'): void
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
  const { server, clock, onRefused, trustedProxies, limits } = options
  const origins: ReadonlySet<string> = new Set(options.origins)
  const handshakes = boundHandshakes({ server, trustedProxies, limits, onRefused: () => onRefused('handshakes') })
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

  const take = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      handshakes.release(request.socket)
      handOn(webSocket, request, options)
    })

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const verdict = isOpen ? judgeUpgrade(request, origins) : STOPPING
    if (verdict.kind === 'open') {
      take(request, socket, head)
      return
    }
    onRefused(verdict.why)
    refuse(socket, verdict.status, verdict.detail, clock)
  })

  return {
    close() {
      isOpen = false
    },
  }
}

function handOn(socket: WebSocket, request: IncomingMessage, options: WebSocketListenerOptions): void {
  const { onArrival, trustedProxies, logger } = options
  const { remoteAddress } = request.socket
  // Gone before we looked: there is nobody to serve, and no address to count it under.
  if (remoteAddress === undefined) {
    cut(socket)
    return
  }
  try {
    const forwardedFor = [request.headers['x-forwarded-for'] ?? []].flat().join(',')
    onArrival(arrivalOf(socket, clientAddress(remoteAddress, forwardedFor, trustedProxies), options))
  } catch (error) {
    logger.error({ err: error }, 'a WebSocket could not be set up')
    cut(socket)
  }
}

function cut(socket: WebSocket): void {
  socket.on('error', () => socket.terminate())
  socket.terminate()
}

function arrivalOf(socket: WebSocket, ip: string, { clock, random, limits }: WebSocketListenerOptions): Arrival {
  const subprotocol = spokenOn(socket.protocol)
  const own = { socket, subprotocol, clock, random, limits }
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
