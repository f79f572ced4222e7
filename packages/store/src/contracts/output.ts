import { z } from 'zod'
import { closeReasonSchema } from './close-reasons.ts'
import { sidSchema } from './session-id.ts'

/** What made an output: the record on `holdfast.session`, and which of its outputs this is. Repeats share their cause. */
export const causeSchema = z.object({ partition: z.int(), offset: z.int(), index: z.int() })
export type Cause = z.infer<typeof causeSchema>

/** What a client is sent, in one ordered way: text, prompts and the close itself, so that goodbye precedes the close. */
export const outputPartSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('prompt'), text: z.string() }),
  /** Whether the client shows what is typed: off around passwords. */
  z.object({ kind: z.literal('echo'), on: z.boolean() }),
  /** The gateway's copy of who the session is. */
  z.object({
    kind: z.literal('bind'),
    player: z.string().nullable(),
    playerName: z.string().nullable(),
    loginState: z.enum(['connected', 'loggedIn']),
  }),
  z.object({ kind: z.literal('close'), reason: closeReasonSchema }),
])
export type OutputPart = z.infer<typeof outputPartSchema>

/** A record of `holdfast.out`: one per speech and gateway slot. */
export const outputRecordSchema = z.object({
  v: z.literal(1),
  to: z.array(sidSchema),
  cause: causeSchema,
  /** Epoch of the source partition's owner; a gateway drops what is older than it has seen. */
  epoch: z.int(),
  /** The input that this answers. */
  done: z.object({ sid: sidSchema, inputSequence: z.int() }).optional(),
  data: z.array(outputPartSchema),
})
export type OutputRecord = z.infer<typeof outputRecordSchema>

/** Whether `a` was made before `b` (same partition). */
export function isEarlierCause(a: Pick<Cause, 'offset' | 'index'>, b: Pick<Cause, 'offset' | 'index'>): boolean {
  return a.offset < b.offset || (a.offset === b.offset && a.index < b.index)
}

/** A cause as text, the id of what it makes: `partition:offset:index`. */
export const causeId = (cause: Cause): string => `${cause.partition}:${cause.offset}:${cause.index}`
