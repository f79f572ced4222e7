import {
  type AuditRecord,
  type AuditRecordOf,
  type CommandRequest,
  type CommandState,
  NAMED_MAX,
  partitionOf,
  type SessionEvent,
  type Sid,
  type WizardOrder,
} from '../contracts/index.ts'
import { encode } from '../kafka/envelope.ts'
import { TOPICS } from '../kafka/topics.ts'
import type { CommandParts } from './command-parts.ts'
import { orderFor } from './command-rules.ts'

type By = WizardOrder['by']

/** A console's own words on `holdfast.audit` and `holdfast.session`; all through one batcher, so in the order of the calls. */
export function createCommandRecords({ batcher, clock, incarnation, sessions }: CommandParts) {
  const audit = (record: AuditRecord): void =>
    batcher.send({ topic: TOPICS.audit, partition: 0, key: record.id, value: encode(record) })
  const head = (id: string) => ({ v: 1 as const, id, at: clock.now(), from: incarnation })

  return {
    request(request: CommandRequest, by: By, sids: readonly Sid[]): AuditRecordOf<'requested'> {
      const record: AuditRecordOf<'requested'> = {
        ...head(request.id),
        kind: 'requested',
        by,
        request,
        sids: [...sids],
        targets: [...sessions.named(sids.slice(0, NAMED_MAX))],
      }
      audit(record)
      return record
    },
    /** Of a command that was stopped twice the first word counts. */
    stop(commandId: string, by: By): void {
      audit({ ...head(`${commandId}:stop`), kind: 'stop', commandId, by })
    },
    /** A session that is left out: nobody else will say anything of it under this id. */
    skip(commandId: string, sid: Sid, detail: string): void {
      audit({ ...head(`${commandId}:${sid}`), kind: 'result', commandId, sid, outcome: 'skipped', detail })
    },
    conclude(commandId: string, state: CommandState, detail?: string): void {
      const id = `${commandId}:${state}`
      audit({ ...head(id), kind: 'concluded', commandId, state, ...(detail !== undefined && { detail }) })
    },
    order(sid: Sid, request: CommandRequest, by: By): void {
      const event: SessionEvent = {
        ...head(`${request.id}:${sid}`),
        type: 'command',
        sid,
        connectionEpoch: 0, // a wizard means the session, whichever connection it has
        command: { kind: 'wizard', order: orderFor(sid, request, by) },
      }
      batcher.send({ topic: TOPICS.session, partition: partitionOf(sid), key: sid, value: encode(event) })
    },
  }
}

export type CommandRecords = ReturnType<typeof createCommandRecords>
