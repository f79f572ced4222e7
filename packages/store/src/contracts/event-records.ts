import { z } from 'zod'
import { baseOfAnswer, causeOfDivergenceSchema, copySchema, stateSchema } from './console-api.ts'
import { sidSchema } from './session-id.ts'

/** A difference between copies, as its auditor saw it. Values are texts as in the Redis hash. Times in epoch ms. */
export const findingSchema = z.object({
  sid: sidSchema,
  handle: z.int(),
  state: stateSchema,
  cause: causeOfDivergenceSchema,
  missingIn: z.array(copySchema),
  since: z.int(),
  fields: z.array(
    z.object({
      name: z.string(),
      owner: z.enum(['gateway', 'server']),
      state: stateSchema,
      /** By copy: its value ('' for absent); null where the copy was not read; left out where it never holds the field. */
      values: z.partialRecord(copySchema, z.string().nullable()),
    }),
  ),
  /** What the auditor does about it: repairs it, or shows it to a wizard. `fighting`: repaired too often, so shown. */
  policy: z.enum(['repair', 'show', 'fighting']),
})
export type Finding = z.infer<typeof findingSchema>

/** A record of `holdfast.events`: what a console shows. */
export const shownEventSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  at: z.int(),
  from: z.string(),
  type: z.enum([
    'connection.opened',
    'connection.state-changed',
    'connection.detached',
    'connection.closed',
    'divergence.found',
    'divergence.healed',
    'flush.failed',
    'ownership.moved',
    'data-gap',
  ]),
  sid: sidSchema.nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** Of `divergence.found` only. */
  finding: findingSchema.optional(),
})
export type ShownEvent = z.infer<typeof shownEventSchema>

/** One line of the console's events: one that was shown, or a gap: what came in it was not read. */
export const eventItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    id: z.string(),
    at: z.iso.datetime(),
    type: shownEventSchema.shape.type,
    sid: sidSchema.nullable(),
    /** Whom it concerned, where that is known; a label, for a search. */
    player: z.string().nullable(),
    process: z.string(),
    detail: shownEventSchema.shape.detail,
    finding: findingSchema.nullable(),
    /** Where it lies: `holdfast.events`. */
    topic: z.string(),
    partition: z.int(),
    offset: z.int(),
  }),
  z.object({ kind: z.literal('gap'), id: z.string(), at: z.iso.datetime(), reason: z.string() }),
])
export type EventItem = z.infer<typeof eventItemSchema>

/** `GET /api/events`: newest first. `next` is the cursor of what is older; null at the end of what is kept. */
export const eventsSchema = z.object({
  ...baseOfAnswer,
  items: z.array(eventItemSchema),
  next: z.string().nullable(),
})
export type Events = z.infer<typeof eventsSchema>
