import type { Sid } from '@holdfast/store/contracts'
import { createAddressCount } from './address-count.ts'
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
  const perAddress = createAddressCount()
  return {
    add(connection) {
      connections.set(connection.sid, connection)
      perAddress.add(connection.fields.ip)
    },
    remove(connection) {
      if (connections.delete(connection.sid)) perAddress.remove(connection.fields.ip)
    },
    get: (sid) => connections.get(sid),
    countFrom: (ip) => perAddress.of(ip),
    all: () => connections.values(),
    get size() {
      return connections.size
    },
  }
}
