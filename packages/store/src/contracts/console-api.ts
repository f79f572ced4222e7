import { z } from 'zod'
import { sidSchema } from './session-id.ts'

/**
 * The shapes of the console's HTTP API: one schema each, for the handler, the client and the tests. Times are ISO 8601.
 * The read model (`console/`) answers in these shapes; there is no HTTP in them.
 */

const time = z.iso.datetime()
const id = z.string().min(1).max(200)

export const copySchema = z.enum(['gateway', 'server', 'redis'])
/** Where a copy of a session lies. */
export type Copy = z.infer<typeof copySchema>
export const COPIES: readonly Copy[] = copySchema.options

export const stateSchema = z.enum(['in-sync', 'settling', 'drifted', 'missing', 'ghost', 'unknown', 'ignored'])
/** How the copies of a session, or of a field, stand to each other. */
export type State = z.infer<typeof stateSchema>
export const STATES: readonly State[] = stateSchema.options

export const causeOfDivergenceSchema = z.enum([
  'content',
  'missing',
  'ghost',
  'rolled-back',
  'foreign-write',
  'status-skew',
])
export type DivergenceCause = z.infer<typeof causeOfDivergenceSchema>

export const sourceSchema = z.object({
  id: z.string(),
  status: z.enum(['fresh', 'ageing', 'dead']),
  observedAt: time.nullable(),
})
export type Source = z.infer<typeof sourceSchema>

/** In every answer: `rev` rises with every change, `asOf` is when the answer was made, and the state of all that it was made from. */
export const baseOfAnswer = { rev: z.int(), asOf: time, sources: z.array(sourceSchema) }

export const sessionRowSchema = z.object({
  sid: sidSchema,
  handle: z.int(),
  version: z.string(),
  state: stateSchema,
  missingIn: z.array(copySchema),
  /** Which copies differ from the field's owner. */
  odd: z.array(copySchema),
  status: z.enum(['connected', 'detached', 'closed']),
  loginState: z.enum(['connected', 'loggedIn']),
  player: z.object({ dbref: z.string(), name: z.string() }).nullable(),
  gateway: z.string(),
  server: z.string().nullable(),
  transport: z.enum(['telnet', 'telnets', 'websocket']),
  ip: z.string(),
  host: z.string(),
  client: z.string().nullable(),
  connectedAt: time,
  idleMs: z.int(),
  pending: z.int(),
  drifted: z.array(z.string()),
})
export type SessionRow = z.infer<typeof sessionRowSchema>

export const sessionsSchema = z.object({
  ...baseOfAnswer,
  items: z.array(sessionRowSchema),
  /** All that match. */
  total: z.int(),
  offset: z.int(),
  limit: z.int(),
})
export type Sessions = z.infer<typeof sessionsSchema>

/** Every live session that a filter means, all as of one moment: whom a command of many is for is known before it is given. */
export const sidsSchema = z.object({ ...baseOfAnswer, sids: z.array(sidSchema) })
export type Sids = z.infer<typeof sidsSchema>

export const cellSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), value: z.unknown(), observedAt: time }),
  /** Read, and not there. */
  z.object({ kind: z.literal('absent'), observedAt: time }),
  /** This copy never keeps the field. */
  z.object({ kind: z.literal('not-held') }),
  /** Not read. */
  z.object({
    kind: z.literal('unknown'),
    reason: z.string(),
    observedAt: time.nullable(),
    last: z.unknown().optional(),
  }),
])
export type Cell = z.infer<typeof cellSchema>

export const pendingSchema = z.object({
  entry: id,
  since: time,
  attempts: z.int(),
  nextAt: time.nullable(),
  error: z.string().nullable(),
})
export type Pending = z.infer<typeof pendingSchema>

export const fieldSchema = z.object({
  name: z.string(),
  redisField: z.string(),
  owner: z.enum(['gateway', 'server']),
  state: stateSchema,
  since: time.nullable(),
  cells: z.object({ gateway: cellSchema, server: cellSchema, redis: cellSchema }),
  pending: pendingSchema.nullable(),
})
export type Field = z.infer<typeof fieldSchema>

export const sessionDetailSchema = z.object({
  ...baseOfAnswer,
  session: sessionRowSchema,
  redis: z.object({ key: z.string() }),
  fields: z.array(fieldSchema),
  closed: z.object({ at: time, reason: z.string() }).nullable(),
})
export type SessionDetail = z.infer<typeof sessionDetailSchema>

export const divergenceItemSchema = z.object({
  sid: sidSchema,
  handle: z.int(),
  state: stateSchema,
  missingIn: z.array(copySchema),
  fields: z.array(fieldSchema),
  since: time,
  healedAt: time.nullable(),
  cause: causeOfDivergenceSchema,
})
export type DivergenceItem = z.infer<typeof divergenceItemSchema>

export const divergenceSchema = z.object({
  ...baseOfAnswer,
  coverage: z.object({ checked: z.int(), total: z.int(), oldestMs: z.int() }),
  counts: z.record(stateSchema, z.int()),
  items: z.array(divergenceItemSchema),
})
export type Divergence = z.infer<typeof divergenceSchema>

export const trendPointSchema = z.object({
  /** When the interval began. */
  at: time,
  /** Drifted, missing and ghost, settling, unknown: the most sessions at one moment of the interval. */
  wrong: z.int(),
  settling: z.int(),
  unknown: z.int(),
  /** What could not be read in it: none is known to be wrong then, rather than known to be right. */
  away: z.enum(['redis', 'kafka', 'both']).nullable(),
})
export type TrendPoint = z.infer<typeof trendPointSchema>

/** The last hour, oldest first. An interval that is not among the points was not seen. */
export const trendSchema = z.object({ ...baseOfAnswer, everyMs: z.int(), points: z.array(trendPointSchema) })
export type Trend = z.infer<typeof trendSchema>

export const breakerStateSchema = z.enum(['closed', 'open', 'half-open'])

export const queueEntrySchema = z.object({
  ...pendingSchema.shape,
  kind: z.enum(['pending', 'retrying', 'dead']),
  sid: sidSchema,
  process: z.string(),
  fields: z.array(z.string()),
})
export type QueueEntry = z.infer<typeof queueEntrySchema>

export const queueOfProcessSchema = z.object({
  id: z.string(),
  pending: z.int(),
  retrying: z.int(),
  dead: z.int(),
  oldestMs: z.int(),
  breaker: breakerStateSchema,
  nextProbeAt: time.nullable(),
  inPerS: z.number(),
  outPerS: z.number(),
  writeMs: z.object({ p50: z.number(), p95: z.number() }).nullable(),
  /** Memory used of its bound, 0 to 1. */
  ofBound: z.number(),
})

export const queuesSchema = z.object({
  ...baseOfAnswer,
  processes: z.array(queueOfProcessSchema),
  entries: z.array(queueEntrySchema),
})
export type Queues = z.infer<typeof queuesSchema>

export const healthOfProcessSchema = z.object({
  ...sourceSchema.shape,
  role: z.string(),
  sessions: z.int(),
  partitions: z.int(),
  rssBytes: z.int(),
  uptimeMs: z.int(),
})

export const healthSchema = z.object({
  ...baseOfAnswer,
  status: z.enum(['up', 'degraded', 'down']),
  redis: z.object({ up: z.boolean(), pingMs: z.number().nullable() }),
  kafka: z.object({ up: z.boolean(), lag: z.int().nullable() }),
  processes: z.array(healthOfProcessSchema),
})
export type HealthReport = z.infer<typeof healthSchema>

/** Whom a sid meant at one moment. `player` null: nobody had logged in on it. */
export const auditTargetSchema = z.object({
  sid: sidSchema,
  handle: z.int(),
  player: z.object({ dbref: z.string(), name: z.string() }).nullable(),
})
export type AuditTarget = z.infer<typeof auditTargetSchema>

export const auditItemSchema = z.object({
  id,
  at: time,
  who: z.string(),
  action: z.string(),
  scope: z.string(),
  reason: z.string(),
  result: z.string(),
  commandId: z.string().nullable(),
  /** The session, where it is one, as it was then; null where it is none or many, or nobody knows. */
  target: auditTargetSchema.nullable(),
})
export type AuditItem = z.infer<typeof auditItemSchema>

export const auditSchema = z.object({ items: z.array(auditItemSchema), next: z.string().nullable() })
export type Audit = z.infer<typeof auditSchema>

/** Sessions that one command may name. */
export const TARGETS_MAX = 10_000
export const TEXT_MAX = 2_000
/** Sessions of a command whose names the audit keeps. */
export const NAMED_MAX = 1_000

export const commandRequestSchema = z.strictObject({
  id,
  type: z.enum(['disconnect', 'reconcile', 'message', 'retry', 'drop', 'recheck']),
  target: z.union([
    z.strictObject({ sids: z.array(sidSchema).min(1).max(TARGETS_MAX) }),
    z.strictObject({ filter: z.string().max(1_000) }),
    z.strictObject({ entry: id }),
  ]),
  /** The filter that the target's sids were read by (`GET /api/sids`), for the audit. */
  matching: z.string().max(1_000).optional(),
  /** Why, for the audit; required where something is changed. */
  reason: z.string().max(500).optional(),
  /** What the player reads (disconnect, message). */
  text: z.string().max(TEXT_MAX).optional(),
  /** Reconcile: which copy is right. */
  truth: z.enum(['owner', 'redis']).optional(),
  dryRun: z.boolean().optional(),
  /** sid -> version the wizard saw. */
  expect: z.record(sidSchema, z.string()).optional(),
})
export type CommandRequest = z.infer<typeof commandRequestSchema>

export const commandStateSchema = z.enum([
  'sent',
  'accepted',
  'applied',
  'verified',
  'failed',
  'timed-out',
  'superseded',
  'refused',
])
export type CommandState = z.infer<typeof commandStateSchema>

/** What a reconcile changes, or (`skipped`: why) leaves as it is. `*`: a record that is not there, whole. */
export const planRowSchema = z.object({
  sid: sidSchema,
  field: z.string(),
  to: copySchema,
  before: z.unknown(),
  after: z.unknown(),
  skipped: z.string().optional(),
})
export type PlanRow = z.infer<typeof planRowSchema>

export const commandResultSchema = z.object({
  sid: sidSchema,
  outcome: z.enum(['done', 'gone', 'refused', 'no-answer', 'skipped']),
  detail: z.string().optional(),
})
export type CommandResult = z.infer<typeof commandResultSchema>

export const commandSchema = z.object({
  ...commandRequestSchema.shape,
  by: z.string(),
  state: commandStateSchema,
  /** Why it ended so, where there is more to say than the state. */
  detail: z.string().optional(),
  plan: z.array(planRowSchema).optional(),
  results: z.array(commandResultSchema),
  /** Sessions that it is for, as they were when it was taken: the first NAMED_MAX of them, where they were known. */
  targets: z.array(auditTargetSchema).optional(),
  /** `total`: what the target meant when it was taken; `ended`: of how many there is a result; `lastAt`: the last of these. */
  progress: z.object({ total: z.int(), ended: z.int(), begunAt: time, lastAt: time.nullable() }).optional(),
  /** A wizard has it stopped: whom it had not come to by then is left out. */
  stop: z.object({ by: z.string(), at: time }).optional(),
})
export type Command = z.infer<typeof commandSchema>
