import type { Socket } from 'node:net'
import type { Clock } from '@holdfast/runtime'
import type { HandleLease } from '@holdfast/store'
import { CLOSE_REASONS, createSid, type GatewayFields } from '@holdfast/store/contracts'
import type { GatewayMetrics } from '../gateway-metrics.ts'
import type { Inbound } from '../relay/inbound.ts'
import { createTelnetClient } from '../telnet/telnet-client.ts'
import { type Connection, createConnection } from './connection.ts'
import { isLoopback } from './is-loopback.ts'
import type { Limits } from './limits.ts'
import type { Registry } from './registry.ts'

export interface SeatOptions {
  incarnation: string
  slot: number
  handles: HandleLease
  registry: Registry
  inbound: Inbound
  clock: Clock
  limits: Limits
  newUlid: () => string
  seen: GatewayMetrics
  /** Something was sent to the log: the moment to look whether Kafka keeps up. */
  onSent: () => void
}

/** Seats telnet clients: limits, a handle and a session id, Redis, the event; the game's greeting answers that event. */
export function createTelnetSeats(options: SeatOptions): (socket: Socket, remote: { ip: string }) => void {
  const { handles, registry, inbound, limits, seen } = options

  const turnAway = (socket: Socket, why: 'too-many' | 'unavailable'): void => {
    seen.refused(why)
    socket.on('error', () => socket.destroy())
    socket.end(`${CLOSE_REASONS[why]}\r\n`)
  }

  return (socket, { ip }) => {
    if (!isLoopback(ip) && registry.countFrom(ip) >= limits.connectionsPerAddress) {
      turnAway(socket, 'too-many')
      return
    }
    const handle = handles.take()
    if (handle === null) {
      turnAway(socket, 'unavailable')
      return
    }
    const connection = seatOne(socket, ip, handle, options)
    registry.add(connection)
    seen.opened('telnet')
    connection.pauseInput() // nothing may overtake the event
    void inbound.establish(connection).then(() => {
      connection.resumeInput()
      options.onSent()
    })
  }
}

function seatOne(socket: Socket, ip: string, handle: number, options: SeatOptions): Connection {
  const { registry, inbound, clock, limits, seen, onSent, newUlid } = options
  const client = createTelnetClient(socket, ip, {
    onLine: (line) => connection.line(line),
    onFacts: () => {
      // Negotiation brings several facts at once: one change for all of them.
      setImmediate(() => {
        const fields = connection.updateFacts()
        if (fields) inbound.changed(connection, fields)
      })
    },
    onGone: () => connection.gone(),
  })
  const connection: Connection = createConnection({
    sid: createSid(newUlid()),
    fields: freshFields(options, ip, handle),
    client,
    clock,
    limits,
    events: {
      onInput(from, inputSequence, line) {
        inbound.input(from, inputSequence, line)
        onSent()
      },
      onClosed(from, reason) {
        registry.remove(from)
        seen.closed(reason)
        inbound.closed(from, reason)
      },
      onDropped: (what) => seen.dropped(what),
      onAnswered: (ms) => seen.answered(ms),
    },
  })
  return connection
}

function freshFields({ incarnation, slot, clock }: SeatOptions, ip: string, handle: number): GatewayFields {
  return {
    handle,
    status: 'connected',
    gateway: incarnation,
    slot,
    connectionEpoch: 1,
    gatewayRevision: 1,
    ip,
    host: ip,
    transport: 'telnet',
    client: null,
    width: null,
    height: null,
    capabilities: [],
    connectedAt: clock.now(),
    detachedUntil: null,
    closeReason: null,
    tokenHash: null,
    attachId: null,
  }
}
