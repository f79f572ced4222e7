import { randomUUID } from 'node:crypto'
import { createLogger, createMetrics, systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { type AuditRecord, auditRecordSchema, type Command, type CommandRequest } from '../../src/contracts/index.ts'
import {
  type Console,
  createKafka,
  createLogReader,
  decode,
  openConsole,
  type Resolved,
  type Submitted,
  TOPICS,
} from '../../src/index.ts'
import { SECRET } from './toy-world.ts'

export const MARA = { name: 'Mara', dbref: '#1' }

/** All that the tests before have left in it. */
const AUDIT_READ_MS = 30_000

export interface ToyConsole {
  readonly console: Console
  /** Gives a command, under an id of its own unless it has one. */
  submit(request: Partial<CommandRequest> & Pick<CommandRequest, 'type' | 'target'>): Promise<Submitted>
  /** Gives a command that is to be accepted, and waits until it has come to this state. */
  carryOut(
    request: Partial<CommandRequest> & Pick<CommandRequest, 'type' | 'target'>,
    state: Command['state'],
  ): Promise<Command>
  reaches(id: string, state: Command['state']): Promise<Command>
  close(): Promise<void>
}

/** The shipped console, without HTTP. It has read the audit: before that it takes no command. */
export async function openToyConsole(env: { REDIS_URL: string; KAFKA_BROKERS: string }): Promise<ToyConsole> {
  const console = await openConsole({
    redisUrl: env.REDIS_URL,
    brokers: [env.KAFKA_BROKERS],
    secret: SECRET,
    incarnation: `console-${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    logger: createLogger({ name: 'console', level: 'silent' }),
    metrics: createMetrics(),
  })
  const resolve = (filter: string): Resolved => {
    const resolved = console.resolve(filter)
    return resolved.ok ? { kind: 'sids', sids: resolved.sids } : { kind: 'refused', problem: resolved.problem }
  }
  const submit: ToyConsole['submit'] = (request) =>
    console.commands.submit({ id: randomUUID(), reason: 'a test', ...request }, MARA, resolve)
  await waitUntil(async () => (await submit({ type: 'recheck', target: { sids: [] } })).kind !== 'unavailable', {
    timeoutMs: AUDIT_READ_MS,
    what: 'the audit, which a console that has just begun reads first',
  })
  const reaches = (id: string, state: Command['state']): Promise<Command> =>
    waitUntil(
      () => {
        const command = console.commands.get(id)
        if (command?.state !== state) throw new Error(JSON.stringify(command))
        return command
      },
      { timeoutMs: 25_000, what: `command ${id} ${state}` },
    )
  return {
    console,
    submit,
    reaches,
    async carryOut(request, state) {
      const submitted = await submit(request)
      if (submitted.kind !== 'accepted') throw new Error(JSON.stringify(submitted))
      return reaches(submitted.command.id, state)
    },
    close: () => console.close(),
  }
}

/** Every record of `holdfast.audit` up to now, repeats included. */
export async function readAudit(brokers: string): Promise<AuditRecord[]> {
  const records: AuditRecord[] = []
  const reader = await createLogReader({
    kafka: createKafka({ brokers: [brokers], clientId: 'audit-reader', onWarning: () => undefined }),
    clock: systemClock,
    topic: TOPICS.audit,
    partitions: [0],
    from: 'start',
    onReopened: () => undefined,
    onRecord({ value }) {
      const decoded = decode(auditRecordSchema, value)
      if (!decoded.ok) throw new Error(decoded.problem)
      records.push(decoded.value)
    },
  })
  await reader.caughtUp
  await reader.close()
  return records
}
