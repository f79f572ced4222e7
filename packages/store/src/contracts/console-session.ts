import { z } from 'zod'
import { sidSchema } from './session-id.ts'

/** Who a console's caller is, and what it is told when it gets no answer. */

const time = z.iso.datetime()

export const signInRequestSchema = z.object({
  name: z.string().min(1).max(200),
  password: z.string().min(1).max(1_000),
})
export type SignInRequest = z.infer<typeof signInRequestSchema>

/** `POST /api/auth/sign-in`. */
export const signedInSchema = z.object({
  name: z.string(),
  dbref: z.string(),
  role: z.literal('wizard'),
  /** When the session ends at the latest; it also ends after 30 minutes without a request. */
  expiresAt: time,
})
export type SignedIn = z.infer<typeof signedInSchema>

export const readOnlyReasonSchema = z.enum(['configured', 'unconfirmed'])

/** `GET /api/auth/session`. */
export const consoleSessionSchema = z.object({
  ...signedInSchema.shape,
  /** Why commands are off (`unconfirmed`: for long nobody could say whether this is still a wizard); null: they are on. */
  readOnly: readOnlyReasonSchema.nullable(),
})
export type ConsoleSession = z.infer<typeof consoleSessionSchema>

/** `GET /api/auth/sessions`: where this wizard is signed in. `id` is none of the cookie. */
export const signedInPlacesSchema = z.object({
  items: z.array(z.object({ id: z.string(), since: time, seenAt: time, expiresAt: time, isThis: z.boolean() })),
})
export type SignedInPlaces = z.infer<typeof signedInPlacesSchema>

export const problemCodeSchema = z.enum([
  'malformed',
  'signed-out',
  'not-same-origin',
  'insecure',
  'read-only',
  'not-found',
  'wrong-method',
  'changed',
  'id-taken',
  'refused',
  'limited',
  'unavailable',
  'failed',
])
export type ProblemCode = z.infer<typeof problemCodeSchema>

/** A session that is not as the wizard saw it. */
export const changedSchema = z.object({ sid: sidSchema, saw: z.string(), is: z.string() })
export type Changed = z.infer<typeof changedSchema>

/** An error of the API (RFC 9457), as `application/problem+json`. `code` is what programs compare, `detail` is for people. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: problemCodeSchema,
  detail: z.string().optional(),
  /** In the console's log too. */
  requestId: z.string(),
  /** 503: which part is down. */
  part: z.enum(['console', 'kafka', 'redis', 'server', 'gateway']).optional(),
  /** 409 of a command. */
  changed: z.array(changedSchema).optional(),
  /** 429: seconds, as in `Retry-After`. */
  retryAfterS: z.int().optional(),
})
export type Problem = z.infer<typeof problemSchema>
