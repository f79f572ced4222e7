import type { Clock, Timer } from '@holdfast/runtime/clock'
import { decodeFrame, encodeFrame, type FromGateway, type ToGateway } from './frames.ts'
import { afterEnding, type LinkState } from './link-state.ts'

export interface Socket {
  send(text: string): void
  /** Nothing is told of it afterwards. */
  close(): void
}

export interface SocketEvents {
  onOpen(): void
  onText(text: string): void
  onBytes(bytes: Uint8Array): void
  onClose(code: number): void
}

/** Throws where the page may not connect there at all. */
export type OpenSocket = (url: string, events: SocketEvents) => Socket

export interface GameLinkOptions {
  url: string
  openSocket: OpenSocket
  clock: Clock
  /** 0 to 1. */
  random: () => number
  /** What a gateway is told of this client, at the start and when it is asked whether it is still there. */
  hello: () => ToGateway
  onState(state: LinkState): void
  onText(text: string): void
  onMessage(message: FromGateway): void
}

export interface GameLink {
  readonly state: LinkState
  start(): void
  /** Ends it for good. */
  stop(): void
  /** Connects at once, where it waits or was given up. */
  retryNow(): void
  /** False where there is no connection. */
  send(message: ToGateway): boolean
  /** Ends a connection that does not answer any more: after a sleep, a socket can look open for minutes. */
  check(): void
}

/** How long a connection may take to open, and an answer to come. */
const OPEN_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 6_000
/** After a line, this long without a word is looked into. */
const QUIET_MS = 10_000
const BROKEN = 1006

/** The way to the game: one socket at a time, opened again and again as `afterEnding` says. */
export function createGameLink(options: GameLinkOptions): GameLink {
  const { url, openSocket, clock, random, hello, onState, onText, onMessage } = options
  let state: LinkState = { kind: 'connecting', attempt: 0 }
  let socket: Socket | null = null
  let openedAt: number | null = null
  let bye: string | null = null
  let reconnectAfterMs: number | null = null
  let timer: Timer | null = null
  let isStopped = false

  const turn = (next: LinkState): void => {
    state = next
    onState(next)
  }

  const after = (ms: number | null, work: () => void = () => undefined): void => {
    timer?.cancel()
    timer = ms === null ? null : clock.setTimeout(work, ms)
  }

  const ended = (code: number): void => {
    socket = null
    const now = clock.monotonic()
    const attempt = 'attempt' in state ? state.attempt : 0
    const openMs = openedAt === null ? null : now - openedAt
    const next = afterEnding({ code, bye, reconnectAfterMs, openMs }, attempt, now, random())
    after(next.kind === 'waiting' ? next.until - now : null, connect)
    turn(next)
  }

  const giveUp = (): void => {
    socket?.close()
    ended(BROKEN)
  }

  const heard = (): void => {
    if (state.kind === 'open') after(null)
  }

  const connect = (): void => {
    openedAt = bye = reconnectAfterMs = null
    const attempt = 'attempt' in state ? state.attempt : 0
    const decoder = new TextDecoder()
    after(OPEN_WITHIN_MS, giveUp)
    turn({ kind: 'connecting', attempt })
    try {
      socket = openSocket(url, {
        onOpen() {
          openedAt = clock.monotonic()
          after(null)
          turn({ kind: 'open', attempt })
          socket?.send(encodeFrame(hello()))
        },
        onBytes(bytes) {
          heard()
          onText(decoder.decode(bytes, { stream: true }))
        },
        onText(text) {
          heard()
          const message = decodeFrame(text)
          if (message?.id === 'bye') bye = message.reason
          if (message?.id === 'reconnect') reconnectAfterMs = message.afterMs
          if (message) onMessage(message)
        },
        onClose: ended,
      })
    } catch {
      // The browser's own word on it is in its console: a page on HTTPS may not reach an address that is not.
      after(null)
      turn({ kind: 'over', why: 'this browser may not connect from here to the game’s address.', isRefused: true })
    }
  }

  const link: GameLink = {
    get state() {
      return state
    },
    start() {
      isStopped = false
      connect()
    },
    stop() {
      isStopped = true
      after(null)
      socket?.close()
      socket = null
    },
    retryNow() {
      if (!isStopped && (state.kind === 'waiting' || state.kind === 'over')) connect()
    },
    send(message) {
      if (state.kind !== 'open' || socket === null) return false
      socket.send(encodeFrame(message))
      if (timer === null) after(QUIET_MS, link.check)
      return true
    },
    check() {
      if (state.kind !== 'open' || socket === null) return
      socket.send(encodeFrame(hello()))
      after(ANSWER_WITHIN_MS, giveUp)
    },
  }
  return link
}
