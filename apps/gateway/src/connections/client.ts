import type { CloseReason, GatewayFields, OutputPart, Sid } from '@holdfast/store/contracts'

/** What a connection knows of its client, whatever the transport. */
export interface ClientFacts {
  client: string | null
  width: number | null
  height: number | null
  capabilities: readonly string[]
}

/** What a client is sent. `bind` and `close` are the connection's affair. */
export type ClientPart = Exclude<OutputPart, { kind: 'bind' | 'close' }>

/** A client's end of a connection: telnet's, or a WebSocket's. */
export interface Client {
  /** Sends in order. Text is safe by then (safe-text.ts). After `end` or `destroy`: nothing happens. */
  send(parts: readonly ClientPart[]): void
  facts(): ClientFacts
  /** Bytes that the client has not taken yet. */
  readonly backlogBytes: number
  /** Stops and goes on reading what the client sends. */
  pause(): void
  resume(): void
  /**
   * The log has a line and will not lose it; numbers as the lines were handed on, from 1. Only transports that pass it on have this:
   * whoever has it is told of each line.
   */
  taken?(inputSequence: number): void
  /** Looks at what is due, several times a second. */
  tick?(): void
  /** Sends what is left, then closes; after a bounded time in any case. What the client still sends is read: see telnet-client.ts. */
  end(reason: CloseReason): void
  /** Sends nothing more; closes at once, or within a bounded time where that tells the client why. */
  destroy(reason: CloseReason): void
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
  onDropped(what: 'line-bytes' | 'subnegotiation' | 'frame' | 'repeated-line', count: number): void
  /** The client sends more of what is no line than can be looked at. */
  onFlood(): void
  /** The client has closed its side, or the socket is gone. Why, where it is not the client's wish. May come more than once. */
  onGone(reason?: CloseReason): void
}

/** Who a client's session is. */
export interface SeatIdentity {
  readonly sid: Sid
  readonly handle: number
}

/** Somebody who has come in by one of the doors, and is not seated yet. */
export interface Arrival {
  readonly ip: string
  readonly transport: GatewayFields['transport']
  /** What is known of the client before it has said anything. */
  readonly facts: ClientFacts
  /** Seats it; once, and not after `turnAway`. */
  open(events: ClientEvents, identity: SeatIdentity): Client
  /** Lets it read the reason, then closes; after a bounded time in any case. */
  turnAway(reason: 'too-many' | 'unavailable'): void
  /** Cuts it, whatever state it is in. */
  cut(): void
  /** Calls when the socket is gone; once. */
  onceGone(listener: () => void): void
}
