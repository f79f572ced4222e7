import type { Sid } from '@holdfast/store/contracts'
import { addressGroup } from './address-group.ts'
import type { Connection } from './connection.ts'

export interface Registry {
  add(connection: Connection): void
  /** A connection that is not there is no news. */
  remove(connection: Connection): void
  get(sid: Sid): Connection | undefined
  /** Live connections from one IPv4 address, or from its /64 of IPv6. */
  countFrom(ip: string): number
  all(): IterableIterator<Connection>
  readonly size: number
}

/** The live connections of this gateway: those that have not ended, whatever their sockets still do. */
export function createRegistry(): Registry {
  const connections = new Map<Sid, Connection>()
  const perAddress = new Map<string, number>()
  const count = (ip: string, by: number): void => {
    const group = addressGroup(ip)
    const next = (perAddress.get(group) ?? 0) + by
    if (next > 0) perAddress.set(group, next)
    else perAddress.delete(group)
  }
  return {
    add(connection) {
      connections.set(connection.sid, connection)
      count(connection.fields.ip, 1)
    },
    remove(connection) {
      if (connections.delete(connection.sid)) count(connection.fields.ip, -1)
    },
    get: (sid) => connections.get(sid),
    countFrom: (ip) => perAddress.get(addressGroup(ip)) ?? 0,
    all: () => connections.values(),
    get size() {
      return connections.size
    },
  }
}
