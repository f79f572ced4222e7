import type { Clock } from '@holdfast/runtime'
import type { Misunderstood } from '@holdfast/store'
import { parseSid, sidSchema } from '@holdfast/store/contracts'
import { z } from 'zod'
import { type Asked, refuse } from '../asked.ts'
import type { Called, CalledHandler } from '../guard.ts'
import { tickOf } from '../live/tick-of.ts'
import type { ConsolePort } from '../ports.ts'
import { json } from '../problem.ts'

const count = z
  .string()
  .regex(/^\d{1,9}$/, 'a whole number')
  .transform(Number)
const words = z.string().max(1_000)

const sessionsQuerySchema = z.object({
  filter: words.optional(),
  sort: words.optional(),
  offset: count.optional(),
  limit: count.optional(),
})

const sidsQuerySchema = z.object({ filter: words.optional() })

const eventsQuerySchema = z.object({
  /** Comma-separated. */
  type: words.transform((text) => text.split(',').filter(Boolean)).optional(),
  sid: sidSchema.optional(),
  process: words.optional(),
  player: words.optional(),
  text: words.optional(),
  before: count.transform(String).optional(),
  limit: count.optional(),
})

const auditQuerySchema = z.object({ cursor: words.optional(), limit: count.optional() })

const AUDIT_PAGE = 50

/** The question in a URL; a problem where it means nothing. Of a name that is given twice the last counts. */
function questionIn<T>(asked: Asked, schema: z.ZodType<T>): T | Response {
  const parsed = schema.safeParse(Object.fromEntries(new URL(asked.request.url).searchParams))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return refuse(asked, 'malformed', {
    detail: `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'not understood'}`,
  })
}

const misunderstood = (asked: Asked, { what, token, problem }: Misunderstood): Response =>
  refuse(asked, 'malformed', { detail: `${what}, at "${token}": ${problem}` })

/** `GET` of what the console shows, each in the shape of its schema. */
export function readHandlers(console: () => ConsolePort | null, clock: Pick<Clock, 'now'>) {
  const reading =
    (handler: (console: ConsolePort, called: Called) => Response): CalledHandler =>
    (called) => {
      const model = console()
      if (model === null) return refuse(called, 'unavailable', { part: 'console', detail: 'The console is starting.' })
      return handler(model, called)
    }

  return {
    sessions: reading((model, called) => {
      const question = questionIn(called, sessionsQuerySchema)
      if (question instanceof Response) return question
      const answer = model.sessions(question)
      return answer.ok ? json(answer.value) : misunderstood(called, answer)
    }),
    sids: reading((model, called) => {
      const question = questionIn(called, sidsQuerySchema)
      if (question instanceof Response) return question
      const answer = model.sids(question.filter ?? '')
      return answer.ok ? json(answer.value) : misunderstood(called, answer)
    }),
    session: reading((model, called) => {
      const sid = parseSid(called.params.sid ?? '')
      const detail = sid === null ? null : model.session(sid)
      return detail === null ? refuse(called, 'not-found', { detail: 'No such session.' }) : json(detail)
    }),
    divergence: reading((model) => json(model.divergence())),
    trend: reading((model) => json(model.trend())),
    queues: reading((model) => json(model.queues())),
    health: reading((model) => json(model.health())),
    pulse: reading((model) => json(tickOf(model, clock.now()))),
    events: reading((model, called) => {
      const question = questionIn(called, eventsQuerySchema)
      if (question instanceof Response) return question
      const { type: types, ...rest } = question
      return json(model.events({ ...rest, types }))
    }),
    audit: reading((model, called) => {
      const question = questionIn(called, auditQuerySchema)
      if (question instanceof Response) return question
      const page = model.commands.audit({ cursor: question.cursor ?? null, limit: question.limit ?? AUDIT_PAGE })
      return page === null ? refuse(called, 'malformed', { detail: 'cursor: not of this list' }) : json(page)
    }),
    command: reading((model, called) => {
      const command = model.commands.get(called.params.id ?? '')
      return command === null ? refuse(called, 'not-found', { detail: 'No such command.' }) : json(command)
    }),
  }
}
