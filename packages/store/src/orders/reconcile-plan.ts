import {
  type GatewayFields,
  ownerOf,
  type PlanRow,
  type SessionRecord,
  type Sid,
  type StateRecordOf,
  textOf,
} from '../contracts/index.ts'
import type { ServerChange } from '../memory/session-map.ts'

/** The copies of a session as its owner finds them when a wizard orders to reconcile, all at one moment. */
export interface ReconcileCopies {
  memory: SessionRecord
  /** Redis's hash (empty for none) and index entry (null for none). */
  redis: { hash: Fields; version: string | null }
  /** What the gateway that holds the socket has published; null where there is none, or none that lives. */
  connection: StateRecordOf<'connection'> | null
  /** The gateway named by memory lives, and the session is not detached: it is right about its fields, and is ordered. */
  isHeld: boolean
  isAlive: (gateway: string) => boolean
  /** Hash fields that a write of the owner is on its way for; `*` for all. */
  pending: ReadonlySet<string>
}

export type Fields = Readonly<Record<string, string>>

/** What is done where a plan is not only asked for. */
export type ReconcileStep =
  /** The owner writes these hash fields as memory has them. */
  | { kind: 'write'; fields: readonly string[] }
  | { kind: 'write-whole' }
  /** The owner writes the gateway's fields, where Redis is still as it was `seen`. */
  | { kind: 'rewrite'; seen: string }
  | { kind: 'refresh'; above: number | null }
  | { kind: 'adopt'; fields: Partial<Changeable>; above: number | null }
  /** The gateway is told who the session is. */
  | { kind: 'bind' }
  /** Memory takes server fields; a metadata value of null clears its key. */
  | { kind: 'take'; change: ServerChange; meta: Readonly<Record<string, string | null>> }
  /** Memory takes gateway fields. */
  | { kind: 'take-connection'; fields: Partial<GatewayFields> }

export type Changeable = Pick<GatewayFields, 'client' | 'width' | 'height' | 'capabilities' | 'host'>

export type Planned =
  | { kind: 'planned'; plan: readonly PlanRow[]; steps: readonly ReconcileStep[] }
  | { kind: 'refused'; detail: string }

/** One line of a plan; texts as in the hash, null for absent. */
export function planRow(
  sid: Sid,
  field: string,
  to: PlanRow['to'],
  [before, after]: readonly [string, string],
  skipped?: string,
): PlanRow {
  const row = { sid, field, to, before: before || null, after: after || null }
  return skipped === undefined ? row : { ...row, skipped }
}

/** Names of one side's fields in any of the readings, those of the first in their order. */
export function namesOf(side: 'gateway' | 'server', ...readings: readonly Fields[]): readonly string[] {
  return [...new Set(readings.flatMap((fields) => Object.keys(fields)))].filter((name) => ownerOf(name) === side)
}

export const isPending = (pending: ReadonlySet<string>, field: string): boolean =>
  pending.has('*') || pending.has(field)

/** Names whose texts differ. */
export const differing = (names: readonly string[], one: Fields, other: Fields): readonly string[] =>
  names.filter((name) => textOf(one, name) !== textOf(other, name))
