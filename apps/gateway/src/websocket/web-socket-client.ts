import type { CloseReason, PlaySocketError, Subprotocol } from '@holdfast/store/contracts'
import type { RawData } from 'ws'
import type { Client, ClientEvents, ClientFacts, SeatIdentity } from '../connections/client.ts'
import type { Limits } from '../connections/limits.ts'
import { createTokenBucket } from '../connections/token-bucket.ts'
import { LINE_BYTES_MAX } from '../telnet/line-assembler.ts'
import { type Frame, readMessage, writeMessage, writeParts } from './frames.ts'
import { createInputNumbers } from './input-numbers.ts'
import { type PartingOptions, part, speaksOurs } from './parting.ts'
import { createSilenceWatch } from './silence-watch.ts'
import { typedLines } from './typed-lines.ts'

const ERROR_TEXTS: Readonly<Record<PlaySocketError, string>> = {
  malformed: 'A TEXT frame is to be {"proto","id","data"}, with data as the id has it.',
  'unknown-id': 'There is no such message from a client.',
  'line-too-long': `The line is longer than ${LINE_BYTES_MAX} bytes; it was not taken.`,
  'line-break': 'An input is one line; it was not taken.',
}

export interface WebSocketClientOptions extends PartingOptions {
  limits: Pick<Limits, 'frameBurst' | 'framesPerSecond'>
}

/** What is known of a client before it says `hello`. */
export const factsOfSubprotocol = (subprotocol: Subprotocol): ClientFacts => ({
  client: null,
  width: null,
  height: null,
  capabilities: [subprotocol, 'UTF-8'],
})

/** Joins a WebSocket into a client. The socket's errors end it; they are no news to anybody else. */
export function createWebSocketClient(
  options: WebSocketClientOptions,
  events: ClientEvents,
  { sid, handle }: SeatIdentity,
): Client {
  const { socket, subprotocol, clock, limits } = options
  const ours = speaksOurs(subprotocol)
  const numbers = createInputNumbers()
  const silence = createSilenceWatch(clock.monotonic())
  const budget = createTokenBucket({ burst: limits.frameBurst, perSecond: limits.framesPerSecond })
  let facts = factsOfSubprotocol(subprotocol)
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

  const repeat = (): void => {
    events.onDropped('repeated-line', 1)
    if (numbers.lastTaken !== null) write([writeMessage('ack', { seq: numbers.lastTaken })])
  }

  const hear = (text: string): void => {
    const said = readMessage(text)
    const fault = said.kind === 'input' ? faultOf(said.line) : null
    const isRepeat = said.kind === 'input' && numbers.isRepeat(said.seq)
    // Lines that are taken have a rate of their own (input-gate.ts); all else would be looked at, and answered, without any.
    if ((said.kind !== 'input' || isRepeat || fault !== null) && !spend()) return
    switch (said.kind) {
      case 'input':
        if (isRepeat) repeat()
        else if (fault !== null) refuse(fault, said.seq)
        else handOn(Buffer.from(said.line, 'utf8'), said.seq)
        return
      case 'hello': {
        const { client = '', width = null, height = null } = said.hello
        facts = { ...facts, client: printable(client), width, height }
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

  socket.on('message', (message: RawData, isBinary: boolean) => {
    silence.heard()
    const bytes = oneBuffer(message)
    if (isOver || isBinary || !ours) handOn(bytes)
    else hear(bytes.toString('utf8'))
  })
  socket.on('ping', () => {
    silence.heard()
    if (!isOver) spend()
  })
  socket.on('pong', () => silence.heard())
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
      // A client's own close is not told before its socket is gone, which it may keep for long.
      if (socket.readyState === socket.CLOSING) gone()
      if (isPaused) silence.heard() // its answers are not read
      const due = isOver ? 'nothing' : silence.look(clock.monotonic(), socket.bufferedAmount > 0)
      if (due === 'ask') socket.ping()
      else if (due === 'lost') {
        gone('lost')
        socket.terminate()
      }
    },
    pause() {
      isPaused = true
      socket.pause()
    },
    resume() {
      isPaused = false
      silence.heard()
      socket.resume()
    },
    end,
    destroy: end,
  }
}

/** The printable ASCII of a program's name, as of telnet's: it goes to consoles. Null where nothing is left. */
const printable = (name: string): string | null => name.replaceAll(/[^\x20-\x7e]/g, '') || null

/** What keeps a text from being one line. */
function faultOf(line: string): PlaySocketError | null {
  if (/[\r\n]/.test(line)) return 'line-break'
  return Buffer.byteLength(line, 'utf8') > LINE_BYTES_MAX ? 'line-too-long' : null
}

function oneBuffer(message: RawData): Buffer {
  if (Array.isArray(message)) return Buffer.concat(message)
  return Buffer.isBuffer(message) ? message : Buffer.from(message)
}

/** Errors of `ws` that say: too much, too many. Its other ones are about frames that are none. */
const OVER_BOUND = ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_TOO_MANY_BUFFERED_PARTS']

const isOverBound = (error: Error): boolean =>
  'code' in error && typeof error.code === 'string' && OVER_BOUND.includes(error.code)
