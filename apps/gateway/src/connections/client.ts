import type { OutputPart } from '@holdfast/store/contracts'

/** What a connection knows of its client, whatever the transport. */
export interface ClientFacts {
  client: string | null
  width: number | null
  height: number | null
  capabilities: readonly string[]
}

/** A client's end of a connection: telnet now, others later. */
export interface Client {
  readonly transport: 'telnet' | 'telnets' | 'websocket'
  readonly ip: string
  /** Sends in order. `bind` and `close` are the connection's affair and not given here. */
  send(parts: readonly Exclude<OutputPart, { kind: 'bind' | 'close' }>[]): void
  facts(): ClientFacts
  /** Bytes that the client has not taken yet. */
  readonly backlogBytes: number
  /** Stops and goes on reading what the client sends. */
  pause(): void
  resume(): void
  /** Sends what is left, then closes. */
  end(): void
  /** Closes at once. */
  destroy(): void
}

/** What a client tells its connection. */
export interface ClientEvents {
  onLine(line: string): void
  /** The facts have changed. */
  onFacts(): void
  /** The socket is gone; nothing follows. */
  onGone(): void
}
