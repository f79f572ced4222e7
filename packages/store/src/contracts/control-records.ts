import { z } from 'zod'
import { changeableFieldsSchema } from './bus-records.ts'
import { breakerStateSchema } from './console-api.ts'
import { sidSchema } from './session-id.ts'
import { sealedSchema } from './session-record.ts'

/** A process's write-behind in figures. Times in ms; `nextProbeAt` epoch ms. */
const queueFiguresSchema = z.object({
  pending: z.int(),
  retrying: z.int(),
  dead: z.int(),
  oldestMs: z.int(),
  breaker: breakerStateSchema,
  nextProbeAt: z.int().nullable(),
  /** Why the last try failed; null after one that succeeded. */
  error: z.string().nullable(),
  inPerS: z.number(),
  outPerS: z.number(),
  writeMs: z.object({ p50: z.number(), p95: z.number() }).nullable(),
  ofBound: z.number(),
})
export type QueueFigures = z.infer<typeof queueFiguresSchema>

/** A record of `holdfast.control`. */
export const controlRecordSchema = z.discriminatedUnion('kind', [
  /** Each second, from every process. */
  z.object({
    v: z.literal(1),
    kind: z.literal('beat'),
    at: z.int(),
    role: z.enum(['gateway', 'server']),
    process: z.string(),
    slot: z.int().nullable(),
    sessions: z.int(),
    partitions: z.array(z.int()),
    lag: z.int(),
    /** The last beat of a process that stops in order. */
    isLeaving: z.boolean(),
    rssBytes: z.int(),
    uptimeMs: z.int(),
    redisUp: z.boolean(),
    queue: queueFiguresSchema,
    /** What the server's auditor has looked at: sessions within its present round, and the age of its oldest look. */
    audit: z.object({ checked: z.int(), total: z.int(), oldestMs: z.int() }).nullable(),
  }),
  /** Asks gateways (`gateway` null: all) for what they hold in these partitions, to be sent there; `id` comes back with it. */
  z.object({
    v: z.literal(1),
    kind: z.literal('ask'),
    id: z.string(),
    at: z.int(),
    from: z.string(),
    what: z.enum(['digest', 'inventory']),
    gateway: z.string().nullable(),
    partitions: z.array(z.int()),
  }),
  /**
   * Has a gateway do something about connections it holds; all idempotent. `introduce`: send the established event again;
   * `refresh`: tell log and Redis all its fields, under a new revision (higher than `above`, where somebody has raised the
   * one in Redis); `publish`: its copy to `holdfast.state`; `retry`: what waits for Redis, now; `adopt`: take these values,
   * under a new revision (a wizard said that Redis is right).
   */
  z.object({
    v: z.literal(1),
    kind: z.literal('order'),
    at: z.int(),
    from: z.string(),
    gateway: z.string(),
    what: z.enum(['introduce', 'refresh', 'publish', 'retry', 'adopt']),
    sids: z.array(sidSchema),
    fields: changeableFieldsSchema.partial().optional(),
    above: z.int().optional(),
  }),
  /** A console asks whether this is a wizard; answered by the owner of `partition`. `sealed`: signInQuestionSchema. */
  z.object({
    v: z.literal(1),
    kind: z.literal('sign-in'),
    at: z.int(),
    from: z.string(),
    id: z.string(),
    partition: z.int(),
    sealed: sealedSchema,
  }),
  /** `sealed`: signInAnswerSchema. */
  z.object({
    v: z.literal(1),
    kind: z.literal('sign-in-answer'),
    at: z.int(),
    from: z.string(),
    id: z.string(),
    sealed: sealedSchema,
  }),
])
export type ControlRecord = z.infer<typeof controlRecordSchema>
export type ControlRecordOf<K extends ControlRecord['kind']> = Extract<ControlRecord, { kind: K }>
export type Beat = ControlRecordOf<'beat'>

/** By password at the sign-in; by dbref later, to see whether a console session may go on. */
export const signInQuestionSchema = z.union([
  z.strictObject({ name: z.string().max(200), password: z.string().max(1_000) }),
  z.strictObject({ dbref: z.string().max(20) }),
])
export type SignInQuestion = z.infer<typeof signInQuestionSchema>

export const signInAnswerSchema = z.discriminatedUnion('kind', [
  /** `credentialEpoch` changes with the password: what was signed in under another is over. */
  z.object({ kind: z.literal('wizard'), dbref: z.string(), name: z.string(), credentialEpoch: z.string() }),
  /** Unknown, wrong, or no wizard: one answer. */
  z.object({ kind: z.literal('refused') }),
  /** The world does not answer. */
  z.object({ kind: z.literal('unavailable') }),
])
export type SignInAnswer = z.infer<typeof signInAnswerSchema>
