import { once } from 'node:events'
import { waitUntil } from '@holdfast/runtime/testing'
import {
  envelopeSchema,
  type GatewayMessage,
  type GatewayMessageId,
  gatewayMessageSchemas,
} from '@holdfast/store/contracts'
import { type ClientOptions, WebSocket } from 'ws'

export interface WebPlayer {
  /** What both sides have agreed to speak; empty for nothing. */
  readonly subprotocol: string
  /** What extensions were agreed. */
  readonly extensions: string
  /** All text so far, LF for each line's end. */
  heard(): string
  untilHeard(text: string, ms?: number): Promise<void>
  /** All frames in order: text of BINARY ones as it is, a message of ours as `<id data>`. */
  frames(): string[]
  /** The messages of ours with this id, in order. */
  told<Id extends GatewayMessageId>(id: Id): GatewayMessage<Id>[]
  untilTold<Id extends GatewayMessageId>(id: Id): Promise<GatewayMessage<Id>>
  /** One line a BINARY frame. */
  type(...lines: string[]): void
  /** A message of ours. */
  say(id: string, data: unknown): void
  /** Any frame: text as TEXT, bytes as BINARY. */
  send(frame: string | Uint8Array): void
  ping(): void
  stopReading(): void
  readOn(): void
  /** How it ended, the code and the reason's name; null while it has not. */
  readonly closed: { code: number; reason: string } | null
  untilClosed(ms?: number): Promise<{ code: number; reason: string }>
  hangUp(): void
}

export interface WebDoor extends ClientOptions {
  httpPort: number
  subprotocols?: string[]
  path?: string
}

const readers: { readonly [Id in GatewayMessageId]: { parse(value: unknown): GatewayMessage<Id> } } =
  gatewayMessageSchemas

const JSON_ONLY = ['json.mudstandards.org']

/** What a refused handshake was answered. */
export interface Refusal {
  status: number
  body: string
}

/** Asks for a WebSocket that is refused; resolves with the answer. */
export async function refusedSocket({
  httpPort,
  subprotocols = JSON_ONLY,
  path = '/ws',
  ...options
}: WebDoor): Promise<Refusal> {
  const socket = new WebSocket(`ws://127.0.0.1:${httpPort}${path}`, subprotocols, options)
  socket.on('error', () => socket.terminate())
  const [, response] = await once(socket, 'unexpected-response')
  let body = ''
  for await (const part of response) body += part
  return { status: response.statusCode, body }
}

/** A web client that answers nothing by itself but pings. */
export async function connectWebPlayer(door: WebDoor): Promise<WebPlayer> {
  // Frames may come with the handshake's answer: they are listened to before anything is waited for.
  const { httpPort, subprotocols = JSON_ONLY, path = '/ws', ...options } = door
  const socket = new WebSocket(`ws://127.0.0.1:${httpPort}${path}`, subprotocols, options)
  const frames: string[] = []
  const messages: { id: string; data: string }[] = []
  let text = ''
  let closed: { code: number; reason: string } | null = null
  socket.on('message', (message: Buffer, isBinary: boolean) => {
    if (isBinary) {
      text += message.toString('utf8')
      frames.push(message.toString('utf8'))
      return
    }
    const { proto, id = '', data } = envelopeSchema.parse(JSON.parse(message.toString('utf8')))
    if (proto !== 'holdfast') throw new Error(`a frame of ${proto}`)
    messages.push({ id, data })
    frames.push(`<${id} ${data}>`)
  })
  socket.on('close', (code, reason) => {
    closed = { code, reason: reason.toString('utf8') }
  })
  const opened = once(socket, 'open')
  socket.on('error', () => socket.terminate())
  await opened

  const heard = (): string => text.replaceAll('\r\n', '\n')
  const told = <Id extends GatewayMessageId>(id: Id): GatewayMessage<Id>[] =>
    messages.filter((message) => message.id === id).map(({ data }) => readers[id].parse(JSON.parse(data)))
  return {
    subprotocol: socket.protocol,
    extensions: socket.extensions,
    heard,
    untilHeard: async (wanted, timeoutMs = 10_000) => {
      await waitUntil(() => heard().includes(wanted), { what: `${JSON.stringify(wanted)} is heard`, timeoutMs })
    },
    frames: () => frames,
    told,
    untilTold: (id) => waitUntil(() => told(id).at(-1), { what: `${id} is told`, timeoutMs: 10_000 }),
    type: (...lines) => {
      for (const line of lines) socket.send(Buffer.from(line))
    },
    say: (id, data) => socket.send(JSON.stringify({ proto: 'holdfast', id, data: JSON.stringify(data) })),
    send: (frame) => socket.send(frame),
    ping: () => socket.ping(),
    stopReading: () => socket.pause(),
    readOn: () => socket.resume(),
    get closed() {
      return closed
    },
    untilClosed: (timeoutMs = 10_000) => waitUntil(() => closed, { what: 'the close', timeoutMs }),
    hangUp: () => socket.terminate(),
  }
}
