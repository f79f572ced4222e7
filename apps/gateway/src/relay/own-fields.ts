import type { Clock } from '@holdfast/runtime'
import type { SessionScripts } from '@holdfast/store'
import type { GatewayFields, Sid } from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'

const RETRY_MS = 500
/** Sessions written in one round; the others have their turn in the next. */
const ROUND_MAX = 200

export interface OwnFields {
  /** Redis has not got these fields of the session. */
  mark(sid: Sid, fields: Partial<GatewayFields>): void
  readonly size: number
  close(): void
}

/**
 * The gateway's own write-behind: which connections have changes that Redis did not take. Their present values are
 * written until Redis has them or something newer, or says that the record is not this connection's any more. A record
 * that is not there yet is waited for: its owner creates it from the log, and may do so with the fields as they were
 * before the change. Bounded by the number of connections; one that has ended is forgotten.
 */
export function createOwnFields(options: {
  scripts: Pick<SessionScripts, 'gatewaySet'>
  clock: Clock
  find: (sid: Sid) => Connection | undefined
  /** A write failed; it is tried again. */
  onFailed: () => void
}): OwnFields {
  const { scripts, clock, find, onFailed } = options
  const dirty = new Map<Sid, ReadonlySet<keyof GatewayFields>>()
  let running = false

  /** Back in line behind all others: one that never succeeds must not keep them waiting. */
  const putBack = (sid: Sid): void => {
    const names = dirty.get(sid)
    if (names === undefined) return
    dirty.delete(sid)
    dirty.set(sid, names)
  }

  const writeOne = async (sid: Sid, names: ReadonlySet<keyof GatewayFields>): Promise<void> => {
    const connection = find(sid)
    if (!connection) {
      dirty.delete(sid)
      return
    }
    const { gateway, connectionEpoch, gatewayRevision } = connection.fields
    const fields = Object.fromEntries([...names].map((name) => [name, connection.fields[name]]))
    const outcome = await scripts.gatewaySet(sid, { gateway, connectionEpoch, gatewayRevision }, fields)
    if (outcome === 'gone') putBack(sid)
    else if (dirty.get(sid) === names) dirty.delete(sid)
  }

  const writeRound = async (): Promise<void> => {
    const round = [...dirty].slice(0, ROUND_MAX)
    await Promise.all(
      round.map(([sid, names]) =>
        writeOne(sid, names).catch(() => {
          onFailed()
          putBack(sid)
        }),
      ),
    )
  }

  const timer = clock.setInterval(() => {
    if (running || dirty.size === 0) return
    running = true
    void writeRound().finally(() => {
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
