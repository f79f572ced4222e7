import type { Clock } from '@holdfast/runtime'
import type { SessionScripts } from '@holdfast/store'
import type { GatewayFields, Sid } from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'

const RETRY_MS = 500

export interface OwnFields {
  /** Redis has not got these fields of the session. */
  mark(sid: Sid, fields: Partial<GatewayFields>): void
  readonly size: number
  close(): void
}

/**
 * The gateway's own write-behind: which connections have changes that Redis did not take. Their present values are
 * written until Redis says stored, or that the record is not this connection's any more; its owner knows them from the
 * log either way. Bounded by the number of connections.
 */
export function createOwnFields(options: {
  scripts: SessionScripts
  clock: Clock
  find: (sid: Sid) => Connection | undefined
  onFailed: () => void
}): OwnFields {
  const { scripts, clock, find, onFailed } = options
  const dirty = new Map<Sid, Set<keyof GatewayFields>>()
  let running = false

  const writeOne = async (sid: Sid, names: ReadonlySet<keyof GatewayFields>): Promise<void> => {
    const connection = find(sid)
    if (connection) {
      const { gateway, connectionEpoch, gatewayRevision } = connection.fields
      const fields = Object.fromEntries([...names].map((name) => [name, connection.fields[name]]))
      await scripts.gatewaySet(sid, { gateway, connectionEpoch, gatewayRevision }, fields)
    }
    if (dirty.get(sid) === names) dirty.delete(sid)
  }

  const writeAll = async (): Promise<void> => {
    for (const [sid, names] of [...dirty]) await writeOne(sid, names)
  }

  const timer = clock.setInterval(() => {
    if (running || dirty.size === 0) return
    running = true
    writeAll()
      .catch(() => onFailed()) // counted; what is dirty stays so until the next round
      .finally(() => {
        running = false
      })
  }, RETRY_MS)

  return {
    mark(sid, fields) {
      const names = new Set(dirty.get(sid))
      for (const name of Object.keys(fields)) if (isGatewayField(name)) names.add(name)
      dirty.set(sid, names)
    },
    get size() {
      return dirty.size
    },
    close: () => timer.cancel(),
  }
}

const CHANGEABLE: readonly (keyof GatewayFields)[] = ['client', 'width', 'height', 'capabilities', 'host']
const isGatewayField = (name: string): name is keyof GatewayFields => CHANGEABLE.some((field) => field === name)
