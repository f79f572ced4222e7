import type { ControlRecordOf, SessionRecord, Sid, WizardOrder } from '../contracts/index.ts'
import type { Fields } from './reconcile-plan.ts'

/** What a server's part of a wizard's commands needs of the rest. */
export interface OrderParts {
  /** Redis's copy as it is now. The partition's line waits for it: bounded by the client's time-out. */
  readCopy(sid: Sid): Promise<RedisCopy>
  gateways: GatewayOrders
  writes: WaitingWrites
  /** Has the session looked at again at once, whoever looked when. */
  recheck(sid: Sid): void
  /** A reconcile has set going what makes the session's copies agree. */
  reconciled(sid: Sid): void
  /** What is wrong with a session as a wizard would have it, for the game; null for nothing. */
  problemOf(session: SessionRecord): string | null
  onAnswered(type: WizardOrder['type'], outcome: string): void
}

export type RedisCopy =
  | { kind: 'read'; hash: Fields; version: string | null }
  /** It does not answer, or is known to be away. */
  | { kind: 'unavailable'; problem: string }

type Order = ControlRecordOf<'order'>

/** What is asked of gateways, through `holdfast.control`. */
export interface GatewayOrders {
  isAlive(gateway: string): boolean
  /** Whether silence proves anything now: this process hears what it says itself. */
  readonly canTell: boolean
  order(gateway: string, what: Order['what'], sid: Sid, more?: Pick<Order, 'fields' | 'above'>): void
}

/** The owner's write-behind of one partition. */
export interface WaitingWrites {
  /** Writes what is dirty through, within a second or two; `unavailable`: it is written behind, when Redis takes it. */
  store(sid: Sid): Promise<'stored' | 'unavailable'>
  /** Tries at once what waits of a session. */
  retryNow(sid: Sid): void
  /** Gives a dead letter up. Its hash fields and values; null where the session has none. */
  drop(sid: Sid): Fields | null
}
