import { type Clock, withDeadline } from '@holdfast/runtime'
import type { HandleLease } from '@holdfast/store'
import { createSid, type GatewayFields } from '@holdfast/store/contracts'
import type { GatewayMetrics } from '../gateway-metrics.ts'
import type { Inbound } from '../relay/inbound.ts'
import type { OwnCopies } from '../relay/own-copies.ts'
import type { Pulse } from '../relay/pulse.ts'
import type { Arrival, Client } from './client.ts'
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
  inbound: Pick<Inbound, 'establish' | 'input' | 'whenTaken' | 'changed' | 'closed'>
  copies: Pick<OwnCopies, 'changed' | 'ended'>
  /** Told of what is sent to the log; while it holds input back, nobody new is seated: even who only comes and goes adds records. */
  pulse: Pick<Pulse, 'onSent' | 'isHeld'>
  clock: Clock
  limits: Limits
  newUlid: () => string
  seen: Pick<GatewayMetrics, 'opened' | 'closed' | 'dropped' | 'refused' | 'answered'>
}

export interface Seats {
  /** Takes who has come, whatever the transport: seats it, or turns it away with a reason it can read. */
  accept(arrival: Arrival): void
  /** Tells every player that the gateway stops, and resolves when all sockets are gone; after LAST_SOCKETS_MS in any case. */
  close(): Promise<void>
}

/** Seats clients: limits, a handle and a session id, Redis, the event; the game's greeting answers that event. */
export function createSeats(options: SeatOptions): Seats {
  const { handles, registry, inbound, copies, pulse, limits, clock, seen } = options
  const present = new Set<Arrival>()
  let onEmpty: () => void = () => undefined

  const turnAway = (arrival: Arrival, why: Refusal): void => {
    seen.refused(why)
    arrival.turnAway(why === 'full' ? 'unavailable' : why)
  }

  const whyNot = (ip: string): Refusal | null => {
    if (!isLoopback(ip) && registry.countFrom(ip) >= limits.connectionsPerAddress) return 'too-many'
    if (registry.size >= limits.connectionsMax) return 'full'
    return pulse.isHeld ? 'unavailable' : null
  }

  const seat = (arrival: Arrival, handle: number): void => {
    const connection = seatOne(arrival, handle, options)
    registry.add(connection)
    seen.opened(arrival.transport)
    connection.hold('registering')
    void inbound.establish(connection).then(() => {
      connection.release('registering')
      copies.changed(connection.sid)
      pulse.onSent()
    })
  }

  return {
    accept(arrival) {
      present.add(arrival)
      arrival.onceGone(() => {
        present.delete(arrival)
        if (present.size === 0) onEmpty()
      })
      const why = whyNot(arrival.ip)
      const handle = why === null ? handles.take() : null
      if (handle === null) turnAway(arrival, why ?? 'unavailable')
      else seat(arrival, handle)
    },
    async close() {
      for (const connection of registry.all()) connection.close('shutdown')
      if (present.size === 0) return
      const { promise: empty, resolve } = Promise.withResolvers<void>()
      onEmpty = resolve
      await withDeadline(empty, LAST_SOCKETS_MS, 'closing sockets', clock).catch(() => {
        for (const arrival of present) arrival.cut() // their players had the time to read
      })
    },
  }
}

/** `full`: this gateway holds as many as it may; its client reads what it reads when there is another obstacle. */
type Refusal = 'too-many' | 'unavailable' | 'full'

function seatOne(arrival: Arrival, handle: number, options: SeatOptions): Connection {
  const { registry, inbound, copies, pulse, clock, limits, seen, newUlid } = options
  const sid = createSid(newUlid())
  const client: Client = arrival.open(
    {
      onLine: (line, cut) => connection.line(line, cut),
      onFacts: () => connection.factsChanged(),
      onSent: () => connection.lookAtBacklog(),
      onDropped: (what, count) => seen.dropped(what, count),
      onFlood: () => connection.close('flood'),
      onGone: (reason) => connection.gone(reason),
    },
    { sid, handle },
  )
  const connection: Connection = createConnection({
    sid,
    fields: freshFields(options, arrival, handle),
    client,
    clock,
    limits,
    events: {
      onInput(from, inputSequence, line) {
        inbound.input(from, inputSequence, line)
        if (client.taken) void tellTaken(client, inputSequence, inbound)
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

async function tellTaken(client: Client, inputSequence: number, inbound: Pick<Inbound, 'whenTaken'>): Promise<void> {
  if (await inbound.whenTaken()) client.taken?.(inputSequence)
}

function freshFields(
  { incarnation, slot, clock }: SeatOptions,
  { ip, transport, facts }: Arrival,
  handle: number,
): GatewayFields {
  return {
    handle,
    status: 'connected',
    gateway: incarnation,
    slot,
    connectionEpoch: 1,
    gatewayRevision: 1,
    ip,
    host: ip,
    transport,
    client: facts.client,
    width: facts.width,
    height: facts.height,
    capabilities: [...facts.capabilities],
    connectedAt: clock.now(),
    detachedUntil: null,
    closeReason: null,
    tokenHash: null,
    attachId: null,
  }
}
