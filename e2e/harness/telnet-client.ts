import { connect } from 'node:net'
import { createTelnetStream, type Negotiation } from './telnet-stream.ts'

/** `at`: monotonic ms of this process. */
export type HeardLine = { readonly text: string; readonly at: number }

export interface TelnetClient {
  /** Every line and prompt heard, in order. */
  readonly lines: readonly HeardLine[]
  readonly negotiations: readonly Negotiation[]
  readonly isOpen: boolean
  /** Resolves when the other side has closed, or the socket broke, with the monotonic ms. */
  readonly closed: Promise<number>
  send(line: string): void
  /** The first line that fits, from the `since`th on: one that is there already, or that comes within `ms`. Rejects at the close. */
  waitFor(pattern: string | RegExp, ms: number, since?: number): Promise<HeardLine>
  /** Sends a line and waits for an answer that was not there before. */
  ask(line: string, pattern: string | RegExp, ms: number): Promise<HeardLine>
  /** Closes from this side. */
  hangUp(): void
}

type Waiter = {
  fits: (text: string) => boolean
  since: number
  found: (line: HeardLine) => void
  fail: (why: string) => void
}

const CONNECT_MS = 5_000
/** How much of what was heard an error quotes. */
const QUOTED_LINES = 12

const fitter =
  (pattern: string | RegExp) =>
  (text: string): boolean =>
    typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)

/** A real telnet client on a real socket. Resolves when it is connected. */
export async function connectTelnet(port: number, host = '127.0.0.1'): Promise<TelnetClient> {
  const socket = connect({ port, host, noDelay: true })
  const lines: HeardLine[] = []
  const negotiations: Negotiation[] = []
  const waiters = new Set<Waiter>()
  let isOpen = true

  const onLine = (text: string): void => {
    const line = { text, at: performance.now() }
    lines.push(line)
    for (const waiter of waiters) if (lines.length > waiter.since && waiter.fits(text)) waiter.found(line)
  }
  const stream = createTelnetStream({
    onLine,
    onNegotiation: (negotiation) => void negotiations.push(negotiation),
    reply: (bytes) => void socket.write(bytes),
  })
  const closed = new Promise<number>((resolve) => {
    socket.once('close', () => {
      isOpen = false
      for (const waiter of waiters) waiter.fail('before the connection was closed')
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

  const heard = (): string => {
    const tail = lines.slice(-QUOTED_LINES).map(({ text }) => `    ${text}`)
    return [...tail, `    ${stream.partial()}${isOpen ? '' : '(closed)'}`].join('\n')
  }

  const waitFor = (pattern: string | RegExp, ms: number, since = 0): Promise<HeardLine> => {
    const fits = fitter(pattern)
    const there = lines.slice(since).find(({ text }) => fits(text))
    if (there) return Promise.resolve(there)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        fits,
        since,
        found: (line) => {
          end()
          resolve(line)
        },
        fail: (why) => {
          end()
          reject(new Error(`not heard ${why}: ${String(pattern)}; the last lines were\n${heard()}`))
        },
      }
      const timer = setTimeout(() => waiter.fail(`within ${ms} ms`), ms)
      const end = (): void => {
        waiters.delete(waiter)
        clearTimeout(timer)
      }
      waiters.add(waiter)
      if (!isOpen) waiter.fail('and nothing comes any more')
    })
  }

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
