import type { Clock } from '@holdfast/runtime'
import { type CloseReason, type PlaySocketError, partingOf, type Subprotocol } from '@holdfast/store/contracts'
import type { RawData, WebSocket } from 'ws'
import type { Client, ClientEvents, ClientFacts, SeatIdentity } from '../connections/client.ts'
import type { Limits } from '../connections/limits.ts'
import { createTokenBucket } from '../connections/token-bucket.ts'
import { LINE_BYTES_MAX } from '../telnet/line-assembler.ts'
import { type Frame, readMessage, writeMessage, writeParts, writeText } from './frames.ts'
import { createInputNumbers } from './input-numbers.ts'
import { typedLines } from './typed-lines.ts'

/** How often a client is asked whether it is there. */
export const PING_EVERY_MS = 5_000
/** A client from which nothing comes for so long is gone, though nobody has closed the connection. */
export const SILENCE_MAX_MS = 20_000
/** The same while output waits for it: the question waits behind it, and a slow line is no dead one. */
export const SLOW_SILENCE_MAX_MS = 60_000
/** Of the time between two looks, so much counts as silence: a process that was stopped has not listened, and pongs may wait in its sockets. */
const LOOK_COUNTS_MAX_MS = 1_000
/** How long a client may take to read its goodbye and to close. */
export const PARTING_WAIT_MS = 5_000
/** Clients that are told to come back are spread over this. */
const RECONNECT_SPREAD_MS = 2_000

const ERROR_TEXTS: Readonly<Record<PlaySocketError, string>> = {
  malformed: 'A TEXT frame is to be {"proto","id","data"}, with data as the id has it.',
  'unknown-id': 'There is no such message from a client.',
  'line-too-long': `The line is longer than ${LINE_BYTES_MAX} bytes; it was not taken.`,
  'line-break': 'An input is one line; it was not taken.',
}

export interface WebSocketClientOptions {
  socket: WebSocket
  subprotocol: Subprotocol
  clock: Clock
  random: () => number
  limits: Pick<Limits, 'frameBurst' | 'framesPerSecond'>
}

export const speaksOurs = (subprotocol: Subprotocol): boolean => subprotocol === 'json.mudstandards.org'

/** What is known of a client before it says `hello`. */
export const factsOfSubprotocol = (subprotocol: Subprotocol): ClientFacts => ({
  client: null,
  width: null,
  height: null,
  capabilities: [subprotocol, 'UTF-8'],
})

/**
 * Ends a WebSocket: says whether to come back, closes with its code, and cuts after PARTING_WAIT_MS whatever the other side
 * does. What still comes is read and falls away, or the peer's own close would never be.
 */
export function part({ socket, subprotocol, clock, random }: WebSocketClientOptions, reason: CloseReason): void {
  if (socket.readyState === socket.CLOSED) return
  const { says, code } = partingOf(reason)
  if (speaksOurs(subprotocol) && socket.readyState === socket.OPEN) {
    const afterMs = Math.round(random() * RECONNECT_SPREAD_MS)
    socket.send(says === 'bye' ? writeMessage('bye', { reason }) : writeMessage('reconnect', { afterMs }))
  }
  if (socket.readyState === socket.OPEN) socket.close(code, reason)
  socket.resume()
  const patience = clock.setTimeout(() => socket.terminate(), PARTING_WAIT_MS)
  socket.once('close', () => patience.cancel())
}

/** Joins a WebSocket into a client. The socket's errors end it; they are no news to anybody else. */
export function createWebSocketClient(
  options: WebSocketClientOptions,
  events: ClientEvents,
  { sid, handle }: SeatIdentity,
): Client {
  const { socket, subprotocol, clock, limits } = options
  const ours = speaksOurs(subprotocol)
  const numbers = createInputNumbers()
  const budget = createTokenBucket({ burst: limits.frameBurst, perSecond: limits.framesPerSecond })
  let facts = factsOfSubprotocol(subprotocol)
  let lookedAt = clock.monotonic()
  let askedAt = lookedAt
  let silentMs = 0
  let isPaused = false
  let isOver = false

  const write = (frames: readonly Frame[]): void => {
    if (isOver) return
    for (const frame of frames) socket.send(frame)
    events.onSent()
  }
  const end = (reason: CloseReason): void => {
    if (isOver) return
    isOver = true
    part(options, reason)
  }
  const gone = (reason?: CloseReason): void => {
    events.onGone(reason)
    end(reason ?? 'client')
  }

  const handOn = (message: Uint8Array, seq?: number): void => {
    const { lines, cutBytes } = typedLines(message)
    if (cutBytes > 0) events.onDropped('line-bytes', cutBytes)
    for (const { text, cut } of lines) {
      numbers.handedOn(seq)
      events.onLine(text, cut)
    }
  }

  const refuse = (code: PlaySocketError, seq?: number): void => {
    events.onDropped('frame', 1)
    write([writeMessage('error', { code, ...(seq === undefined ? {} : { seq }), text: ERROR_TEXTS[code] })])
  }

  const takeInput = (seq: number, line: string): void => {
    if (numbers.isRepeat(seq)) {
      events.onDropped('repeated-line', 1)
      if (numbers.lastTaken !== null) write([writeMessage('ack', { seq: numbers.lastTaken })])
    } else if (/[\r\n]/.test(line)) refuse('line-break', seq)
    else {
      const bytes = Buffer.from(line, 'utf8')
      if (bytes.length > LINE_BYTES_MAX) refuse('line-too-long', seq)
      else handOn(bytes, seq)
    }
  }

  const hear = (text: string): void => {
    const said = readMessage(text)
    // Lines have a rate of their own (input-gate.ts); what is none would be looked at without any.
    if (said.kind !== 'input' && !spend()) return
    switch (said.kind) {
      case 'input':
        takeInput(said.seq, said.line)
        return
      case 'hello': {
        const { client = null, width = null, height = null } = said.hello
        facts = { ...facts, client, width, height }
        events.onFacts()
        write([writeMessage('welcome', { sid, handle, token: null, resumed: false })])
        return
      }
      case 'foreign':
        events.onDropped('frame', 1)
        return
      case 'refused':
        refuse(said.code)
    }
  }

  /** Whether there is room for another frame that is no line; where there is none, the connection ends. */
  const spend = (): boolean => {
    if (budget.take(clock.monotonic())) return true
    events.onFlood()
    return false
  }

  const alive = (): void => {
    silentMs = 0
  }

  socket.on('message', (message: RawData, isBinary: boolean) => {
    alive()
    const bytes = oneBuffer(message)
    if (isOver || isBinary || !ours) handOn(bytes)
    else hear(bytes.toString('utf8'))
  })
  socket.on('ping', () => {
    alive()
    if (!isOver) spend()
  })
  socket.on('pong', alive)
  // `ws` has begun to close, with the code that says what was wrong with the client's frames.
  socket.on('error', (error) => gone(isOverBound(error) ? 'flood' : 'error'))
  socket.on('close', () => gone())

  return {
    send: (parts) => write(writeParts(parts, ours)),
    facts: () => facts,
    get backlogBytes() {
      return socket.bufferedAmount
    },
    ...(ours && {
      taken(inputSequence: number) {
        const seq = numbers.taken(inputSequence)
        if (seq !== null) write([writeMessage('ack', { seq })])
      },
    }),
    tick() {
      const now = clock.monotonic()
      silentMs += Math.min(now - lookedAt, LOOK_COUNTS_MAX_MS)
      lookedAt = now
      // A client's own close is not told before its socket is gone, which it may keep for long.
      if (socket.readyState === socket.CLOSING) gone()
      else if (isPaused)
        alive() // its answers are not read
      else if (silentMs > (socket.bufferedAmount > 0 ? SLOW_SILENCE_MAX_MS : SILENCE_MAX_MS)) {
        gone('lost')
        socket.terminate()
      } else if (now - askedAt >= PING_EVERY_MS) {
        askedAt = now
        socket.ping()
      }
    },
    pause() {
      isPaused = true
      socket.pause()
    },
    resume() {
      isPaused = false
      alive()
      socket.resume()
    },
    end,
    destroy: end,
  }
}

/** Turns a client away that has no seat, with words it can read. */
export function turnAwayFrom(options: WebSocketClientOptions, text: string, reason: CloseReason): void {
  options.socket.on('error', () => options.socket.terminate())
  options.socket.send(writeText(text))
  part(options, reason)
}

function oneBuffer(message: RawData): Buffer {
  if (Array.isArray(message)) return Buffer.concat(message)
  return Buffer.isBuffer(message) ? message : Buffer.from(message)
}

/** Errors of `ws` that say: too much, too many. Its other ones are about frames that are none. */
const OVER_BOUND = ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_TOO_MANY_BUFFERED_PARTS']

const isOverBound = (error: Error): boolean =>
  'code' in error && typeof error.code === 'string' && OVER_BOUND.includes(error.code)
