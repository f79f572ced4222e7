import { manualClock } from '@holdfast/runtime/testing'
import { createAuditLog } from '../console/audit-log.ts'
import type { SessionsSeen } from '../console/command-parts.ts'
import { createCommands, type Resolved } from '../console/commands.ts'
import type { Silence } from '../console/silence-watch.ts'
import type { Verification } from '../console/verify-sessions.ts'
import {
  type AuditRecord,
  type AuditTarget,
  type CommandRequest,
  type CommandResult,
  type SessionEventOf,
  type Sid,
  sessionEventSchema,
  type WizardOrder,
} from '../contracts/index.ts'
import { encode } from '../kafka/envelope.ts'
import { AT, sidOf } from './fixtures.ts'
import { BY } from './orders.ts'
import { recordingBatcher } from './stand-ins.ts'

export const [one, two, three] = [sidOf(1), sidOf(2), sidOf(3)]

/** A console's commands over a Kafka that a test moves by hand: what is sent to the audit is read back when it is `up`. */
export function consoleRig({ isUp = true } = {}) {
  const clock = manualClock(AT)
  const batcher = recordingBatcher(isUp ? {} : { acknowledged: 0 })
  const kafka = { isUp, isCaughtUp: true, silentMs: 0, offset: 0, taken: 0 }
  const audit = createAuditLog(clock, () => ({ isCaughtUp: kafka.isCaughtUp, silentMs: kafka.silentMs }))
  const versions = new Map<Sid, string>()
  const stored = new Map<Sid, string>()
  const names = new Map<Sid, AuditTarget>()
  const silent = new Map<Sid, Silence>()
  const model = {
    verification: { kind: 'agrees' } as Verification,
    isRedisUp: true,
    verified: [] as Sid[][],
  }
  const sessions: SessionsSeen = {
    versions: (sids) => new Map(sids.map((sid) => [sid, versions.get(sid) ?? null])),
    named: (sids) => sids.flatMap((sid) => names.get(sid) ?? []),
    silent: (sids) => new Map([...silent].filter(([sid]) => sids.includes(sid))),
    storedVersions: () => (model.isRedisUp ? Promise.resolve(stored) : Promise.reject(new Error('Redis is away'))),
    verify(sids) {
      model.verified.push([...sids])
      return Promise.resolve(new Map(sids.map((sid) => [sid, model.verification])))
    },
  }
  const commands = createCommands({ audit, batcher, sessions, clock, incarnation: 'console-1' })

  /** Another's record, or our own read back. */
  const read = (record: AuditRecord): void => {
    audit.apply({ partition: 0, offset: kafka.offset++, key: record.id, value: Buffer.from(encode(record)) })
  }
  const echo = (): void => {
    if (!kafka.isUp) return
    for (const { topic, value } of batcher.sent.slice(kafka.taken)) {
      if (topic !== 'holdfast.audit') continue
      audit.apply({ partition: 0, offset: kafka.offset++, key: null, value: Buffer.from(value ?? '') })
    }
    kafka.taken = batcher.sent.length
  }
  const { send } = batcher
  batcher.send = (record) => {
    send(record)
    if (record.topic === 'holdfast.audit') clock.setTimeout(echo, 5)
  }

  const orders = (): SessionEventOf<'command'>[] =>
    batcher.sent
      .filter(({ topic }) => topic === 'holdfast.session')
      .map(({ value }) => sessionEventSchema.parse(JSON.parse(value ?? 'null')))
      .flatMap((event) => (event.type === 'command' ? [event] : []))
  const submit = (request: Partial<CommandRequest> = {}, resolve = nothing, by: WizardOrder['by'] = BY) =>
    commands.submit({ ...REQUEST, ...request }, by, resolve)

  return {
    clock,
    batcher,
    kafka,
    audit,
    versions,
    stored,
    names,
    silent,
    model,
    commands,
    read,
    orders,
    submit,
    /** Submits and lets time pass until it is answered. */
    async submitted(request: Partial<CommandRequest> = {}, resolve = nothing) {
      const answer = submit(request, resolve)
      await clock.advance(20)
      return answer
    },
    /** The owner's answer. */
    answer(sid: Sid, outcome: CommandResult['outcome'] = 'done', more: object = {}, commandId = 'c-1') {
      const id = `${commandId}:${sid}`
      read({ v: 1, id, at: clock.now(), from: 'server-1', kind: 'result', commandId, sid, outcome, ...more })
    },
    stateOf: (id = 'c-1') => commands.get(id)?.state,
    /** Kafka comes back: it takes what waits, and what it took is read back. */
    comeBack() {
      kafka.isUp = true
      batcher.acknowledge(Number.POSITIVE_INFINITY)
      echo()
    },
  }
}

export const REQUEST: CommandRequest = { id: 'c-1', type: 'disconnect', target: { sids: [one] }, reason: 'spam' }
const nothing = (filter: string): Resolved => ({ kind: 'refused', problem: `nothing is asked of ${filter}` })
