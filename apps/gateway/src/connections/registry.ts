import type { Sid } from '@holdfast/store/contracts'
import type { Connection } from './connection.ts'

export interface Registry {
  add(connection: Connection): void
  remove(connection: Connection): void
  get(sid: Sid): Connection | undefined
  /** Live connections from one address. */
  countFrom(ip: string): number
  all(): IterableIterator<Connection>
  readonly size: number
}

/** The connections of this gateway. */
export function createRegistry(): Registry {
  const connections = new Map<Sid, Connection>()
  const perAddress = new Map<string, number>()
  const count = (ip: string, by: number): void => {
    const next = (perAddress.get(ip) ?? 0) + by
    if (next > 0) perAddress.set(ip, next)
    else perAddress.delete(ip)
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
    countFrom: (ip) => perAddress.get(ip) ?? 0,
    all: () => connections.values(),
    get size() {
      return connections.size
    },
  }
}
