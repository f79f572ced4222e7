import { connect } from 'node:net'
import type { Client } from './client.ts'
import { createHearing } from './hearing.ts'
import { createTelnetStream, type Negotiation } from './telnet-stream.ts'

export interface TelnetClient extends Client {
  readonly negotiations: readonly Negotiation[]
}

const CONNECT_MS = 5_000

/** A real telnet client on a real socket. Resolves when it is connected. */
export async function connectTelnet(port: number, host = '127.0.0.1'): Promise<TelnetClient> {
  const socket = connect({ port, host, noDelay: true })
  const negotiations: Negotiation[] = []
  const hearing = createHearing(() => stream.partial())
  const { lines, waitFor } = hearing
  let isOpen = true

  const stream = createTelnetStream({
    onLine: hearing.hear,
    onNegotiation: (negotiation) => void negotiations.push(negotiation),
    reply: (bytes) => void socket.write(bytes),
  })
  const closed = new Promise<number>((resolve) => {
    socket.once('close', () => {
      isOpen = false
      hearing.end()
      resolve(performance.now())
    })
  })
  // A socket that breaks is what `closed` and `isOpen` tell; tests look at those.
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => stream.receive(chunk))
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no telnet connection to ${port}`)), CONNECT_MS)
    socket.once('connect', resolve)
    socket.once('close', () => reject(new Error(`no telnet connection to ${port}: closed`)))
    void Promise.race([closed, new Promise((done) => socket.once('connect', done))]).then(() => clearTimeout(timer))
  })

  return {
    lines,
    negotiations,
    get isOpen() {
      return isOpen
    },
    closed,
    send: (line) => void socket.write(`${line}\r\n`),
    waitFor,
    ask(line, pattern, ms) {
      const since = lines.length
      socket.write(`${line}\r\n`)
      return waitFor(pattern, ms, since)
    },
    hangUp: () => void socket.destroy(),
  }
}
