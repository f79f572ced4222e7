import {
  auditRecordSchema,
  gatewayFieldsSchema,
  type PlanRow,
  type SessionRecord,
  toHash,
  type WizardOrder,
} from '../contracts/index.ts'
import type { OutgoingRecord } from '../kafka/batcher.ts'
import type { ReconcileCopies } from '../orders/reconcile-plan.ts'
import { AT, command, sessionOf } from './fixtures.ts'
import { a } from './line-rig.ts'

/** What tests of a wizard's commands are played on. */

export const BY = { name: 'Mara', dbref: '#1' }

/** An order's record; the same `commandId` is the same order again. */
export function ordered(order: Partial<WizardOrder> & Pick<WizardOrder, 'type'>, sid = a) {
  const whole = { commandId: 'c-1', by: BY, side: null, expect: null, ...order }
  return command({ sid, id: `${whole.commandId}:${sid}`, command: { kind: 'wizard', order: whole } })
}

/** What was said on `holdfast.audit`, in order. */
export const audited = (sent: readonly OutgoingRecord[]) =>
  sent
    .filter(({ topic }) => topic === 'holdfast.audit')
    .map(({ value }) => auditRecordSchema.parse(JSON.parse(value ?? 'null')))

export const results = (sent: readonly OutgoingRecord[]) =>
  audited(sent).flatMap((record) => (record.kind === 'result' ? [record] : []))

/** A session as Redis holds it, with what a hand has changed. */
export function hashOf({ sid: _, ...record }: SessionRecord, edits: Readonly<Record<string, string>> = {}) {
  const all = Object.entries({ ...toHash(record), ...edits }).filter(([, text]) => text !== '')
  return Object.fromEntries(all)
}

/** Three copies that agree, unless something else is given. */
export function copiesOf(given: Partial<ReconcileCopies> = {}): ReconcileCopies {
  const memory = given.memory ?? sessionOf(a, { serverRevision: 4, inputSequence: 9, commandCount: 9 })
  return {
    memory,
    redis: {
      hash: hashOf(memory),
      version: `${memory.connectionEpoch}.${memory.gatewayRevision}.${memory.serverRevision}`,
    },
    connection: connectionOf(memory),
    isHeld: true,
    isAlive: () => true,
    pending: new Set(),
    ...given,
  }
}

export function connectionOf(memory: SessionRecord, edits: object = {}): NonNullable<ReconcileCopies['connection']> {
  const { player, loginState, sid } = memory
  const fields = gatewayFieldsSchema.parse({ ...memory, ...edits })
  return { v: 1, kind: 'connection', at: AT, sid, fields, player, loginState, pending: null }
}

export const rowsOf = (plan: readonly PlanRow[]): string[] =>
  plan.map(({ field, to, before, after, skipped }) => {
    const change = `${field} -> ${to}: ${String(before)} -> ${String(after)}`
    return skipped === undefined ? change : `${change} (${skipped})`
  })
