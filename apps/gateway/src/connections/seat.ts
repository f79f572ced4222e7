import type { Socket } from 'node:net'
import { type Clock, withDeadline } from '@holdfast/runtime'
import type { HandleLease } from '@holdfast/store'
import { CLOSE_REASONS, createSid, type GatewayFields } from '@holdfast/store/contracts'
import type { GatewayMetrics } from '../gateway-metrics.ts'
import type { Inbound } from '../relay/inbound.ts'
import type { OwnCopies } from '../relay/own-copies.ts'
import type { Pulse } from '../relay/pulse.ts'
import { createTelnetClient, endSocket } from '../telnet/telnet-client.ts'
import { type Connection, createConnection } from './connection.ts'
import { isLoopback } from './is-loopback.ts'
import type { Limits } from './limits.ts'
import type { Registry } from './registry.ts'

/** How long sockets may take to be gone when the gateway stops; what is left then is cut. */
const LAST_SOCKETS_MS = 2_000

export interface SeatOptions {
  incarnation: string
  slot: number
  handles: HandleLease
  registry: Registry
  inbound: Pick<Inbound, 'establish' | 'input' | 'changed' | 'closed'>
  copies: Pick<OwnCopies, 'changed' | 'ended'>
  /** Told of what is sent to the log; while it holds input back, nobody new is seated: even who only comes and goes adds records. */
  pulse: Pick<Pulse, 'onSent' | 'isHeld'>
  clock: Clock
  limits: Limits
  newUlid: () => string
  seen: Pick<GatewayMetrics, 'opened' | 'closed' | 'dropped' | 'refused' | 'answered'>
}

export interface TelnetSeats {
  /** Takes a fresh socket: seats it, or turns it away with a reason it can read. */
  accept(socket: Socket, remote: { ip: string }): void
  /** Tells every player that the gateway stops, and resolves when all sockets are gone; after LAST_SOCKETS_MS in any case. */
  close(): Promise<void>
}

/** Seats telnet clients: limits, a handle and a session id, Redis, the event; the game's greeting answers that event. */
export function createTelnetSeats(options: SeatOptions): TelnetSeats {
  const { handles, registry, inbound, copies, pulse, clock, limits, seen } = options
  const sockets = new Set<Socket>()
  let onEmpty: () => void = () => undefined

  const turnAway = (socket: Socket, why: 'too-many' | 'unavailable'): void => {
    seen.refused(why)
    socket.on('error', () => socket.destroy())
    socket.write(`${CLOSE_REASONS[why]}\r\n`)
    endSocket(socket, clock)
  }

  const whyNot = (ip: string): 'too-many' | 'unavailable' | null => {
    if (!isLoopback(ip) && registry.countFrom(ip) >= limits.connectionsPerAddress) return 'too-many'
    return pulse.isHeld ? 'unavailable' : null
  }

  const seat = (socket: Socket, ip: string, handle: number): void => {
    const connection = seatOne(socket, ip, handle, options)
    registry.add(connection)
    seen.opened('telnet')
    connection.hold('registering')
    void inbound.establish(connection).then(() => {
      connection.release('registering')
      copies.changed(connection.sid)
      pulse.onSent()
    })
  }

  return {
    accept(socket, { ip }) {
      sockets.add(socket)
      socket.once('close', () => {
        sockets.delete(socket)
        if (sockets.size === 0) onEmpty()
      })
      const why = whyNot(ip)
      const handle = why === null ? handles.take() : null
      if (handle === null) turnAway(socket, why ?? 'unavailable')
      else seat(socket, ip, handle)
    },
    async close() {
      for (const connection of registry.all()) connection.close('shutdown')
      if (sockets.size === 0) return
      const { promise: empty, resolve } = Promise.withResolvers<void>()
      onEmpty = resolve
      await withDeadline(empty, LAST_SOCKETS_MS, 'closing sockets', clock).catch(() => {
        for (const socket of sockets) socket.destroy() // their players had the time to read
      })
    },
  }
}

function seatOne(socket: Socket, ip: string, handle: number, options: SeatOptions): Connection {
  const { registry, inbound, copies, pulse, clock, limits, seen, newUlid } = options
  const client = createTelnetClient(
    socket,
    {
      onLine: (line, cut) => connection.line(line, cut),
      onFacts: () => connection.factsChanged(),
      onSent: () => connection.lookAtBacklog(),
      onDropped: (what, count) => seen.dropped(what, count),
      onGone: () => connection.gone(),
    },
    clock,
  )
  const connection: Connection = createConnection({
    sid: createSid(newUlid()),
    fields: freshFields(options, ip, handle),
    client,
    clock,
    limits,
    events: {
      onInput(from, inputSequence, line) {
        inbound.input(from, inputSequence, line)
        pulse.onSent()
      },
      onChanged(from, fields) {
        inbound.changed(from, fields)
        copies.changed(from.sid)
      },
      onBound: (from) => copies.changed(from.sid),
      onClosed(from, reason) {
        registry.remove(from)
        seen.closed(reason)
        inbound.closed(from, reason)
        copies.ended(from.sid)
      },
      onDropped: (what, count) => seen.dropped(what, count),
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
