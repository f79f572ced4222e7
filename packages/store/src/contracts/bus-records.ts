import { z } from 'zod'
import { closeReasonSchema } from './close-reasons.ts'
import { commandRequestSchema } from './console-api.ts'
import { sidSchema } from './session-id.ts'
import { gatewayFieldsSchema, sealedSchema } from './session-record.ts'

/**
 * The records of `holdfast.session` and `holdfast.dead-letter`. The other topics' lie beside: output.ts, state-records.ts,
 * control-records.ts, event-records.ts, audit-records.ts. What does not parse is a dead letter, never a crash.
 */

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

/** What a wizard ordered, as it concerns one session. */
const wizardOrderSchema = z.object({
  ...commandRequestSchema.pick({ type: true, reason: true, text: true, truth: true, dryRun: true }).shape,
  commandId: z.string(),
  by: z.object({ name: z.string(), dbref: z.string() }),
  /** Whose waiting write is meant, of `retry` and `drop`; null for both sides'. */
  side: z.enum(['gateway', 'server']).nullable(),
  /** The version of the session that the wizard saw; null where any will do. */
  expect: z.string().nullable(),
})
export type WizardOrder = z.infer<typeof wizardOrderSchema>

/** A change to a session that comes from elsewhere: another session, a timer, a wizard, or work done beside the line. */
export const sessionCommandSchema = z.discriminatedUnion('kind', [
  /** The answer to `waitingFor`; `sealed` because an answer may name what a player typed. */
  z.object({ kind: z.literal('answer'), to: z.string(), sealed: sealedSchema }),
  z.object({ kind: z.literal('close'), reason: closeReasonSchema, text: z.string().nullable() }),
  /** The player is in another room now (moved by another of its sessions, or by somebody else). */
  z.object({ kind: z.literal('moved'), room: z.string() }),
  /** The bound player has another name now. */
  z.object({ kind: z.literal('renamed'), playerName: z.string() }),
  /** A wizard tells the player something. */
  z.object({ kind: z.literal('message'), from: z.string(), text: z.string() }),
  /** A wizard's command from the console, for this session; its result goes to `holdfast.audit`. */
  z.object({ kind: z.literal('wizard'), order: wizardOrderSchema }),
])
export type SessionCommand = z.infer<typeof sessionCommandSchema>

/** What a client may tell anew while it is connected. */
export const changeableFieldsSchema = gatewayFieldsSchema.pick({
  client: true,
  width: true,
  height: true,
  capabilities: true,
  host: true,
})
export type ChangeableFields = z.infer<typeof changeableFieldsSchema>

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
    fields: changeableFieldsSchema.partial(),
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

const partitionEnvelope = {
  v: z.literal(1),
  id: z.string(),
  at: z.int(),
  /** The gateway's incarnation. */
  from: z.string(),
  slot: z.int(),
  /** The question (`ask` of `holdfast.control`) that this answers; null where nobody asked. */
  ask: z.string().nullable(),
}

/**
 * A record of `holdfast.session` that speaks of a gateway's connections in the whole partition. It lies among the lifecycle
 * events that the gateway sent before it, so an owner that has come to it knows what the gateway knew.
 */
export const partitionEventSchema = z.discriminatedUnion('type', [
  /** How many connections the gateway holds, and `digestOf` them: a mismatch brings the list. */
  z.object({ ...partitionEnvelope, type: z.literal('gateway.digest'), count: z.int(), hash: z.string() }),
  /** All of them: sid and connectionEpoch. */
  z.object({
    ...partitionEnvelope,
    type: z.literal('gateway.inventory'),
    held: z.array(z.tuple([sidSchema, z.int()])),
  }),
])
export type PartitionEvent = z.infer<typeof partitionEventSchema>

/** Whatever lies on `holdfast.session`. */
export const sessionTopicSchema = z.discriminatedUnion('type', [sessionEventSchema, partitionEventSchema])
export type SessionTopicRecord = z.infer<typeof sessionTopicSchema>

const letterHead = { v: z.literal(1), at: z.int(), from: z.string(), partition: z.int(), reason: z.string() }

/** A record of `holdfast.dead-letter`: what nobody tries any more, and why; never its content. */
export const deadLetterSchema = z.discriminatedUnion('kind', [
  /** A record of the log that could not be applied, and where it lies. */
  z.object({ ...letterHead, kind: z.literal('record'), topic: z.string(), offset: z.int() }),
  /** Fields of a session that Redis refuses for good. `fields`: names, `*` for all of them. */
  z.object({ ...letterHead, kind: z.literal('write'), sid: sidSchema, fields: z.array(z.string()) }),
])
export type DeadLetter = z.infer<typeof deadLetterSchema>
