import {
  auditSchema,
  type CommandRequest,
  commandSchema,
  consoleSessionSchema,
  divergenceSchema,
  eventsSchema,
  healthSchema,
  liveTickSchema,
  queuesSchema,
  sessionDetailSchema,
  sessionsSchema,
  sidsSchema,
  signedInPlacesSchema,
  signedInSchema,
  trendSchema,
} from '@holdfast/store/contracts'
import { z } from 'zod'

/** Everything that pages ask of the console's API, one function a question. */

const queryText = (parameters: Readonly<Record<string, string | number | null | undefined>>): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

export interface SessionsAsked {
  filter: string
  sort: string
  offset: number
  limit: number
}

export const sessionsQuestion = (asked: SessionsAsked) => ({
  path: `/api/sessions${queryText({ ...asked })}`,
  schema: sessionsSchema,
})

export const sidsQuestion = (filter: string) => ({ path: `/api/sids${queryText({ filter })}`, schema: sidsSchema })

export const sessionQuestion = (sid: string) => ({
  path: `/api/sessions/${encodeURIComponent(sid)}`,
  schema: sessionDetailSchema,
})

export const divergenceQuestion = { path: '/api/divergence', schema: divergenceSchema }
export const trendQuestion = { path: '/api/divergence/trend', schema: trendSchema }
export const queuesQuestion = { path: '/api/queues', schema: queuesSchema }
export const healthQuestion = { path: '/api/health', schema: healthSchema }

/** What the stream tells each second, for a page whose stream is broken. */
export const pulseQuestion = { path: '/api/pulse', schema: liveTickSchema }

export interface EventsAsked {
  type?: string
  sid?: string
  process?: string
  player?: string
  text?: string
  before?: string
  limit?: number
}

export const eventsQuestion = (asked: EventsAsked) => ({
  path: `/api/events${queryText({ ...asked })}`,
  schema: eventsSchema,
})

export const auditQuestion = (asked: { cursor?: string | null; limit?: number }) => ({
  path: `/api/audit${queryText(asked)}`,
  schema: auditSchema,
})

export const commandQuestion = (id: string) => ({
  path: `/api/commands/${encodeURIComponent(id)}`,
  schema: commandSchema,
})

/** A command is written to the audit before it is taken: it may take longer than a look. */
export const commandOrder = (body: CommandRequest) => ({
  path: '/api/commands',
  schema: commandSchema,
  body,
  withinMs: 10_000,
})

/** Answered when the audit has it. */
export const stopOrder = (id: string) => ({
  path: `/api/commands/${encodeURIComponent(id)}/stop`,
  schema: commandSchema,
  body: {},
  withinMs: 10_000,
})

export const whoQuestion = { path: '/api/auth/session', schema: consoleSessionSchema }
export const placesQuestion = { path: '/api/auth/sessions', schema: signedInPlacesSchema }
export const signInOrder = (body: { name: string; password: string }) => ({
  path: '/api/auth/sign-in',
  schema: signedInSchema,
  body,
  withinMs: 10_000,
})
export const endPlaceOrder = (id: string) => ({
  path: `/api/auth/sessions/${encodeURIComponent(id)}`,
  schema: z.null(),
  method: 'DELETE' as const,
})
/** What it answers is of no interest. */
export const signOutOrder = { path: '/api/auth/sign-out', schema: z.unknown(), body: {} }
