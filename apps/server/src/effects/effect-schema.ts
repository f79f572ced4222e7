import type { Effect } from '@holdfast/store'
import {
  closeReasonSchema,
  outputPartSchema,
  serverFieldsSchema,
  shownEventSchema,
  sidSchema,
} from '@holdfast/store/contracts'
import { z } from 'zod'

/**
 * Effects as they come back from the world's ledger or with the answer to a question: a boundary, so they are read, not
 * believed.
 */

const gameCommandSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('close'), reason: closeReasonSchema, text: z.string().nullable() }),
  z.object({ kind: z.literal('moved'), room: z.string() }),
  z.object({ kind: z.literal('renamed'), playerName: z.string() }),
  z.object({ kind: z.literal('message'), from: z.string(), text: z.string() }),
])

const settableFieldsSchema = serverFieldsSchema
  .pick({ player: true, playerName: true, loginState: true, boundBy: true, wizard: true, hidden: true, room: true })
  .extend({ meta: z.record(z.string(), z.string().nullable()) })
  .partial()

const effectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('output'), to: z.array(sidSchema), parts: z.array(outputPartSchema) }),
  z.object({ kind: z.literal('set'), fields: settableFieldsSchema }),
  z.object({ kind: z.literal('command'), to: sidSchema, command: gameCommandSchema }),
  z.object({ kind: z.literal('ask'), question: z.object({ kind: z.string(), content: z.string() }) }),
  z.object({ kind: z.literal('event'), ...shownEventSchema.pick({ type: true, detail: true }).shape }),
])

export const effectsSchema: z.ZodType<readonly Effect[]> = z.array(effectSchema)
