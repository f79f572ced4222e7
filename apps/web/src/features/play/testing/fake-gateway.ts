import type { OpenSocket, SocketEvents } from '../game-link.ts'

/** A gateway that a test plays: each socket that was opened, in order, and what it was sent. */
export interface FakeGateway {
  openSocket: OpenSocket
  /** How many sockets were opened. */
  count(): number
  /** The newest one. */
  last(): FakeSocket
}

export interface FakeSocket {
  readonly events: SocketEvents
  isClosed(): boolean
  /** What came in, by the proto's ids. */
  received(): { id: string; data: unknown }[]
  /** The lines of `input` frames. */
  lines(): string[]
  open(): void
  text(text: string): void
  say(id: string, data: unknown): void
  close(code: number): void
}

type Frame = { id: string; data: string }

export function createFakeGateway(): FakeGateway {
  const sockets: FakeSocket[] = []
  return {
    openSocket(_url, events) {
      const frames: Frame[] = []
      let isClosed = false
      const received = () => frames.map(({ id, data }) => ({ id, data: JSON.parse(data) }))
      sockets.push({
        events,
        isClosed: () => isClosed,
        received,
        lines: () => received().flatMap(({ id, data }) => (id === 'input' ? [data.line] : [])),
        open: events.onOpen,
        text: (text) => events.onBytes(new TextEncoder().encode(text)),
        say: (id, data) => events.onText(JSON.stringify({ proto: 'holdfast', id, data: JSON.stringify(data) })),
        close: events.onClose,
      })
      return {
        send: (text) => void frames.push(JSON.parse(text)),
        close: () => {
          isClosed = true
        },
      }
    },
    count: () => sockets.length,
    last() {
      const socket = sockets.at(-1)
      if (!socket) throw new Error('no socket was opened')
      return socket
    },
  }
}
