import { z } from 'zod'
import { closeReasonSchema } from './close-reasons.ts'
import { sidSchema } from './session-id.ts'
import { gatewayFieldsSchema, sessionRecordSchema } from './session-record.ts'

/** Fields of a session that Redis has not acknowledged, as their process tells. Times in epoch ms. */
export const waitingWriteSchema = z.object({
  /** Hash fields; `*` for all of them. */
  fields: z.array(z.string()),
  since: z.int(),
  attempts: z.int(),
  nextAt: z.int().nullable(),
  error: z.string().nullable(),
  /** A dead letter: Redis will never take it as it is, so nobody tries until a wizard says so. */
  isDead: z.boolean(),
})
export type WaitingWrite = z.infer<typeof waitingWriteSchema>

/**
 * A record of `holdfast.state`, each process's memory: keyed `<sid>/server`, `<sid>/gateway`, `<partition>/position` or
 * `handles/<slot>`. Whatever changes in memory is published within a second, so a copy is as fresh as its process's beat.
 */
export const stateRecordSchema = z.discriminatedUnion('kind', [
  /** The owner's memory copy of a session, and what of it Redis has not acknowledged. */
  z.object({
    v: z.literal(1),
    kind: z.literal('session'),
    epoch: z.int(),
    at: z.int(),
    /** The server's incarnation. */
    owner: z.string(),
    record: sessionRecordSchema,
    pending: waitingWriteSchema.nullable(),
  }),
  /** The gateway's memory copy: its own fields, and what it knows of who the session is. Null when the connection is over. */
  z.object({
    v: z.literal(1),
    kind: z.literal('connection'),
    at: z.int(),
    sid: sidSchema,
    fields: gatewayFieldsSchema,
    player: z.string().nullable(),
    loginState: z.enum(['connected', 'loggedIn']),
    pending: waitingWriteSchema.nullable(),
  }),
  /** The highest handle that the slot's gateway may give: acknowledged before the first of the block is given. */
  z.object({ v: z.literal(1), kind: z.literal('handles'), at: z.int(), slot: z.int(), from: z.string(), end: z.int() }),
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
    owner: z.string(),
    partition: z.int(),
    offset: z.int(),
  }),
])
export type StateRecord = z.infer<typeof stateRecordSchema>
export type StateRecordOf<K extends StateRecord['kind']> = Extract<StateRecord, { kind: K }>
