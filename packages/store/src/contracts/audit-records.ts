import { z } from 'zod'
import {
  auditTargetSchema,
  causeOfDivergenceSchema,
  commandRequestSchema,
  commandResultSchema,
  commandStateSchema,
  planRowSchema,
} from './console-api.ts'
import { sidSchema } from './session-id.ts'

const auditEnvelope = { v: z.literal(1), id: z.string(), at: z.int(), from: z.string() }

/**
 * A record of `holdfast.audit`, kept for ever. A command: `requested` (its id is the command's, written before anything is
 * done), a `result` for each session (id `<command>:<sid>`: a repeat is the same), `concluded` by the console.
 */
export const auditRecordSchema = z.discriminatedUnion('kind', [
  z.object({
    ...auditEnvelope,
    kind: z.literal('requested'),
    by: z.object({ name: z.string(), dbref: z.string() }),
    request: commandRequestSchema,
    /** What the target meant when the command was taken. */
    sids: z.array(sidSchema),
    /** Who they were then, of those that the console knew: NAMED_MAX at most. */
    targets: z.array(auditTargetSchema).optional(),
  }),
  z.object({
    ...auditEnvelope,
    kind: z.literal('result'),
    commandId: z.string(),
    ...commandResultSchema.shape,
    plan: z.array(planRowSchema).optional(),
    /** What the session's version is, where it is not the one that was expected. */
    version: z.string().optional(),
    /** What a drop gave up: hash fields and their values. */
    dropped: z.record(z.string(), z.string()).optional(),
  }),
  /** A wizard has a command stopped (id `<command>:stop`): the console that sends it sends no more of it when it reads this. */
  z.object({
    ...auditEnvelope,
    kind: z.literal('stop'),
    commandId: z.string(),
    by: z.object({ name: z.string(), dbref: z.string() }),
  }),
  z.object({
    ...auditEnvelope,
    kind: z.literal('concluded'),
    commandId: z.string(),
    state: commandStateSchema,
    detail: z.string().optional(),
  }),
  /** `who` is null where no character has the name: what was typed may be a password. */
  z.object({
    ...auditEnvelope,
    kind: z.literal('sign-in'),
    who: z.string().nullable(),
    outcome: z.enum(['accepted', 'refused']),
  }),
  /** The auditor has put something right by rule. */
  z.object({
    ...auditEnvelope,
    kind: z.literal('repair'),
    sid: sidSchema,
    cause: causeOfDivergenceSchema,
    what: z.string(),
    /** Who it was then. */
    target: auditTargetSchema.optional(),
  }),
])
export type AuditRecord = z.infer<typeof auditRecordSchema>
export type AuditRecordOf<K extends AuditRecord['kind']> = Extract<AuditRecord, { kind: K }>
