import type { OutputPart } from '@holdfast/store/contracts'

/** What a connection knows of its client, whatever the transport. */
export interface ClientFacts {
  client: string | null
  width: number | null
  height: number | null
  capabilities: readonly string[]
}

/** What a client is sent. `bind` and `close` are the connection's affair. */
export type ClientPart = Exclude<OutputPart, { kind: 'bind' | 'close' }>

/** A client's end of a connection: telnet now, others later. */
export interface Client {
  /** Sends in order. Text is safe by then (safe-text.ts). After `end` or `destroy`: nothing happens. */
  send(parts: readonly ClientPart[]): void
  facts(): ClientFacts
  /** Bytes that the client has not taken yet. */
  readonly backlogBytes: number
  /** Stops and goes on reading what the client sends. */
  pause(): void
  resume(): void
  /** Sends what is left, then closes; after a bounded time in any case. What the client still sends is read: see telnet-client.ts. */
  end(): void
  /** Closes at once. */
  destroy(): void
}

/** What a client tells its connection. */
export interface ClientEvents {
  /** `cut`: the line was too long, its end is missing. */
  onLine(line: string, cut: boolean): void
  /** The facts have changed. */
  onFacts(): void
  /** Something was sent: the moment to look at the backlog. */
  onSent(): void
  /** Input over a bound was dropped. */
  onDropped(what: 'line-bytes' | 'subnegotiation', count: number): void
  /** The client has closed its side, or the socket is gone. May come more than once. */
  onGone(): void
}
