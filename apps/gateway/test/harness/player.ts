import { once } from 'node:events'
import { connect } from 'node:net'
import { waitUntil } from '@holdfast/runtime/testing'

/** Negotiation, commands and subnegotiations, in text with one character a byte. */
const TELNET = /\xff[\xfb-\xfe][\s\S]|\xff\xfa[\s\S]*?\xff\xf0|\xff[\xf1-\xf9\xef]/g

export interface Player {
  /** All text so far, without telnet's own bytes, LF for each line's end. */
  heard(): string
  untilHeard(text: string, ms?: number): Promise<void>
  type(...lines: string[]): void
  /** Raw bytes, for negotiation. */
  send(bytes: Uint8Array): void
  /** Reads nothing more, as a client that hangs. */
  stopReading(): void
  /** The other side has closed its half, after all that was heard. */
  readonly ended: boolean
  readonly closed: boolean
  hangUp(): void
}

/** A telnet client of few words: it agrees to nothing and answers nothing by itself. */
export async function connectPlayer(port: number): Promise<Player> {
  const socket = connect({ port, host: '127.0.0.1' })
  const seen = { text: '', ended: false, closed: false }
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    seen.text += chunk.toString('latin1')
  })
  socket.on('end', () => {
    seen.ended = true
  })
  socket.on('close', () => {
    seen.closed = true
  })
  await once(socket, 'connect')

  const heard = (): string =>
    Buffer.from(seen.text.replaceAll(TELNET, ''), 'latin1').toString('utf8').replaceAll('\r\n', '\n')
  return {
    heard,
    untilHeard: async (text, timeoutMs = 10_000) => {
      await waitUntil(() => heard().includes(text), { what: `${JSON.stringify(text)} is heard`, timeoutMs })
    },
    type: (...lines) => void socket.write(lines.map((line) => `${line}\r\n`).join('')),
    send: (bytes) => void socket.write(bytes),
    stopReading: () => void socket.pause(),
    get ended() {
      return seen.ended
    },
    get closed() {
      return seen.closed
    },
    hangUp: () => void socket.destroy(),
  }
}

const IAC = 255
const WILL = 251
const SB = 250
const SE = 240
const NAWS = 31

/** A window's size as a client tells it, for sizes without a 255 in them. */
export const windowSize = (width: number, height: number): Uint8Array =>
  Uint8Array.of(IAC, WILL, NAWS, IAC, SB, NAWS, width >> 8, width & 255, height >> 8, height & 255, IAC, SE)
