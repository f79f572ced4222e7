import {
  createSid,
  digestOf,
  freshServerFields,
  type GatewayFields,
  type Partition,
  type PartitionEvent,
  partitionOf,
  type SessionEvent,
  type SessionEventOf,
  type SessionRecord,
  type Sid,
} from '../contracts/index.ts'

/** What tests of the state layer are played on: plain records and events, everything that is not given as after a connect. */

export const AT = 1_700_000_000_000

const ULID_START = '01ARZ3NDEKTSV4RRFFQ'

/** The sid with this number: the same one each time. */
export const sidOf = (number: number): Sid => createSid(ULID_START + String(number).padStart(7, '0'))

/** The first `count` sids of one partition. */
export function sidsOf(partition: Partition, count: number): Sid[] {
  const sids = new Set<Sid>()
  for (let number = 0; sids.size < count; number++) {
    const sid = sidOf(number)
    if (partitionOf(sid) === partition) sids.add(sid)
  }
  return [...sids]
}

export function gatewayFields(fields: Partial<GatewayFields> = {}): GatewayFields {
  return {
    handle: 1,
    status: 'connected',
    gateway: 'gateway-1',
    slot: 0,
    connectionEpoch: 1,
    gatewayRevision: 1,
    ip: '192.0.2.1',
    host: 'host.example',
    transport: 'telnet',
    client: null,
    width: null,
    height: null,
    capabilities: [],
    connectedAt: AT,
    detachedUntil: null,
    closeReason: null,
    tokenHash: null,
    attachId: null,
    ...fields,
  }
}

export function sessionOf(sid: Sid, fields: Partial<SessionRecord> = {}): SessionRecord {
  return { sid, ...gatewayFields(), ...freshServerFields(), ...fields }
}

type Given<T extends SessionEvent['type']> = Omit<
  SessionEventOf<T>,
  'v' | 'id' | 'at' | 'connectionEpoch' | 'from' | 'type'
> &
  Partial<Pick<SessionEventOf<T>, 'id' | 'at' | 'connectionEpoch'>>

const envelope = { v: 1, id: 'event-1', at: AT, connectionEpoch: 1, from: 'gateway-1' } as const

export const established = (
  given: Omit<Given<'connection.established'>, 'fields' | 'stored'> & { fields?: Partial<GatewayFields> },
): SessionEventOf<'connection.established'> => ({
  ...envelope,
  type: 'connection.established',
  stored: true,
  ...given,
  fields: gatewayFields(given.fields),
})

export const resumed = (
  given: Omit<Given<'connection.resumed'>, 'fields'> & { connectionEpoch: number },
): SessionEventOf<'connection.resumed'> => ({
  ...envelope,
  type: 'connection.resumed',
  ...given,
  fields: gatewayFields({ connectionEpoch: given.connectionEpoch, gateway: `gateway-${given.connectionEpoch}` }),
})

export const changed = (given: Given<'connection.changed'>): SessionEventOf<'connection.changed'> => ({
  ...envelope,
  type: 'connection.changed',
  ...given,
})

export const detached = (given: Given<'connection.detached'>): SessionEventOf<'connection.detached'> => ({
  ...envelope,
  type: 'connection.detached',
  ...given,
})

export const closed = (given: Given<'connection.closed'>): SessionEventOf<'connection.closed'> => ({
  ...envelope,
  type: 'connection.closed',
  ...given,
})

export const input = (given: Given<'input'>): SessionEventOf<'input'> => ({ ...envelope, type: 'input', ...given })

export const command = (given: Given<'command'>): SessionEventOf<'command'> => ({
  ...envelope,
  type: 'command',
  ...given,
})

const ofPartition = { v: 1, id: 'event-1', at: AT, from: 'gateway-1', slot: 0, ask: null } as const

/** What a gateway tells of all its connections in a partition. */
export const digest = (given: Partial<PartitionEventOf<'gateway.digest'>>): PartitionEventOf<'gateway.digest'> => ({
  ...ofPartition,
  type: 'gateway.digest',
  ...digestOf([]),
  ...given,
})

export const inventory = (
  given: Partial<PartitionEventOf<'gateway.inventory'>>,
): PartitionEventOf<'gateway.inventory'> => ({ ...ofPartition, type: 'gateway.inventory', held: [], ...given })

type PartitionEventOf<T extends PartitionEvent['type']> = Extract<PartitionEvent, { type: T }>
