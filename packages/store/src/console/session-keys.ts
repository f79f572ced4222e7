import type { Copy, SessionRow, Sid, State } from '../contracts/index.ts'
import { type Address, parseAddress } from './ip-range.ts'

/** A row without what changes by itself: the time since its player's last line is told when it is asked for. */
export type RestingRow = Omit<SessionRow, 'idleMs'>

/** What is not shown in a row, and yet looked for. Times in epoch ms. */
export interface RowFacts {
  /** The last line of its player, by the newest copy; the time of the connection where there was none. */
  signalAt: number
  connectedAt: number
  room: string | null
  isWizard: boolean
  isHidden: boolean
}

/**
 * A row as filters and sorts look at it: parsed and in lower case once, when the row changes, so that a look at 10,000
 * rows only compares.
 */
export interface SessionKeys extends RowFacts {
  sid: Sid
  handle: number
  state: State
  missingIn: readonly Copy[]
  status: SessionRow['status']
  transport: SessionRow['transport']
  isLoggedIn: boolean
  /** '' before login. */
  name: string
  dbref: string
  gateway: string
  /** '' for none. */
  server: string
  host: string
  ip: string
  /** Null for what is no address. */
  address: Address | null
  client: string
  pending: number
  drifted: readonly string[]
}

export function keysOf(row: RestingRow, facts: RowFacts): SessionKeys {
  return {
    ...facts,
    sid: row.sid,
    handle: row.handle,
    state: row.state,
    missingIn: row.missingIn,
    status: row.status,
    transport: row.transport,
    isLoggedIn: row.loginState === 'loggedIn',
    name: (row.player?.name ?? '').toLowerCase(),
    dbref: (row.player?.dbref ?? '').toLowerCase(),
    gateway: row.gateway.toLowerCase(),
    server: (row.server ?? '').toLowerCase(),
    host: row.host.toLowerCase(),
    ip: row.ip.toLowerCase(),
    address: parseAddress(row.ip),
    client: (row.client ?? '').toLowerCase(),
    pending: row.pending,
    drifted: row.drifted,
  }
}
