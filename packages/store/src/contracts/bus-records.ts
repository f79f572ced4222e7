import { z } from 'zod'
import { closeReasonSchema } from './close-reasons.ts'
import { sidSchema } from './session-id.ts'
import { gatewayFieldsSchema, sealedSchema, sessionRecordSchema } from './session-record.ts'

/** Every record of every topic but `holdfast.out` (output.ts). What does not parse is a dead letter, never a crash. */

const envelope = {
  v: z.literal(1),
  /** Unique; for a record that another record causes, made from its cause, so that a repeat has the same id. */
  id: z.string(),
  /** Epoch ms, by the sender's clock: a label, and the time a command sees; never an order. */
  at: z.int(),
  sid: sidSchema,
  connectionEpoch: z.int(),
  /** The sender's incarnation. */
  from: z.string(),
}

/** A change to a session that comes from elsewhere: another session, a timer, a wizard, or work done beside the line. */
export const sessionCommandSchema = z.discriminatedUnion('kind', [
  /** The answer to `waitingFor`; `sealed` because an answer may name what a player typed. */
  z.object({ kind: z.literal('answer'), to: z.string(), sealed: sealedSchema }),
  z.object({ kind: z.literal('close'), reason: closeReasonSchema, text: z.string().nullable() }),
  /** The player is in another room now (moved by another of its sessions, or by somebody else). */
  z.object({ kind: z.literal('moved'), room: z.string() }),
  /** The bound player has another name now. */
  z.object({ kind: z.literal('renamed'), playerName: z.string() }),
])
export type SessionCommand = z.infer<typeof sessionCommandSchema>

const changeable = gatewayFieldsSchema.pick({ client: true, width: true, height: true, capabilities: true, host: true })

/** A record of `holdfast.session`: lifecycle and input share the topic, so that established < input < closed holds. */
export const sessionEventSchema = z.discriminatedUnion('type', [
  /** `stored` false: Redis did not take the record, so the owner creates it. */
  z.object({
    ...envelope,
    type: z.literal('connection.established'),
    stored: z.boolean(),
    fields: gatewayFieldsSchema,
  }),
  z.object({ ...envelope, type: z.literal('connection.resumed'), fields: gatewayFieldsSchema }),
  z.object({
    ...envelope,
    type: z.literal('connection.changed'),
    gatewayRevision: z.int(),
    fields: changeable.partial(),
  }),
  z.object({
    ...envelope,
    type: z.literal('connection.detached'),
    gatewayRevision: z.int(),
    detachedUntil: z.int(),
    reason: closeReasonSchema,
  }),
  z.object({ ...envelope, type: z.literal('connection.closed'), reason: closeReasonSchema }),
  z.object({ ...envelope, type: z.literal('input'), inputSequence: z.int().min(1), sealed: sealedSchema }),
  z.object({ ...envelope, type: z.literal('command'), command: sessionCommandSchema }),
])
export type SessionEvent = z.infer<typeof sessionEventSchema>
export type SessionEventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>

/** A record of `holdfast.state`, keyed `<sid>/server` or `<partition>/position`. */
export const stateRecordSchema = z.discriminatedUnion('kind', [
  /** The owner's memory copy of a session; `pending`: fields that Redis has not acknowledged. */
  z.object({
    v: z.literal(1),
    kind: z.literal('session'),
    epoch: z.int(),
    at: z.int(),
    record: sessionRecordSchema,
    pending: z.array(z.string()),
  }),
  /** The session ended; 48 h later the key gets null. */
  z.object({
    v: z.literal(1),
    kind: z.literal('ended'),
    epoch: z.int(),
    at: z.int(),
    sid: sidSchema,
    reason: closeReasonSchema,
  }),
  /** How far the partition's records are in what was published before this. */
  z.object({
    v: z.literal(1),
    kind: z.literal('position'),
    epoch: z.int(),
    at: z.int(),
    partition: z.int(),
    offset: z.int(),
  }),
])
export type StateRecord = z.infer<typeof stateRecordSchema>

/** A record of `holdfast.control`. */
export const controlRecordSchema = z.discriminatedUnion('kind', [
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
    breaker: z.enum(['closed', 'open', 'half-open']),
    handleBlockEnd: z.int(),
  }),
])
export type ControlRecord = z.infer<typeof controlRecordSchema>

/** A record of `holdfast.events`: what a console shows. */
export const shownEventSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  at: z.int(),
  from: z.string(),
  type: z.enum(['connection.state-changed', 'flush.failed', 'ownership.moved', 'data-gap']),
  sid: sidSchema.nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type ShownEvent = z.infer<typeof shownEventSchema>

/** A record of `holdfast.dead-letter`: where the poison record lies, and why; never its content in clear. */
export const deadLetterSchema = z.object({
  v: z.literal(1),
  at: z.int(),
  from: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  reason: z.string(),
})
export type DeadLetter = z.infer<typeof deadLetterSchema>
