import type { Resolved, Submitted } from '@holdfast/store'
import { type CommandRequest, commandRequestSchema } from '@holdfast/store/contracts'
import { refuse } from '../asked.ts'
import type { Attempt, AttemptLimit } from '../attempt-limit.ts'
import type { Called, CalledHandler } from '../guard.ts'
import type { ConsolePort } from '../ports.ts'
import { json } from '../problem.ts'
import { readJson } from '../read-body.ts'

/** 10,000 sids with the versions that were seen of them take 1.2 MB. */
const BODY_BYTES_MAX = 2_000_000
const NO_JSON = 'The body has to be a command as JSON, sent as application/json, of 2 MB at most.'
const BUSY_S = 5
/** More sessions than on one page. */
export const MASS_FROM = 50

export interface CommandLimits {
  /** For each wizard: `disconnect` and `message`, each by itself. */
  perType: AttemptLimit
  /** Of many sessions, whatever it does. */
  mass: AttemptLimit
}

/** `POST /api/commands`. */
export function submitCommandHandler(console: () => ConsolePort | null, limits: CommandLimits): CalledHandler {
  return async (called) => {
    const body = await readJson(called.request, BODY_BYTES_MAX)
    if (body === undefined) return refuse(called, 'malformed', { detail: NO_JSON })
    const parsed = commandRequestSchema.safeParse(body)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return refuse(called, 'malformed', {
        detail: `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'no command'}`,
      })
    }
    const model = console()
    if (model === null) return refuse(called, 'unavailable', { part: 'console', detail: 'The console is starting.' })
    const attempts = attemptsOf(parsed.data, called, model, limits)
    const refused = attempts.find((attempt) => !attempt.ok)
    let submitted: Submitted | null = null
    try {
      if (refused) return limited(called, refused.waitMs)
      submitted = await submit(parsed.data, called, model)
    } finally {
      for (const attempt of attempts) {
        if (!attempt.ok) continue
        if (submitted?.kind === 'accepted') attempt.counts()
        else attempt.over()
      }
    }
    return answerOf(submitted, called)
  }
}

/** What it is one more of. Only a command that is taken counts; one that was given before has no second effect, and costs nothing. */
function attemptsOf(
  { id, type, target }: CommandRequest,
  { session }: Called,
  model: ConsolePort,
  limits: CommandLimits,
): Attempt[] {
  if (model.commands.get(id) !== null) return []
  const resolved = 'filter' in target ? model.resolve(target.filter) : null
  const sessions = 'sids' in target ? target.sids.length : resolved?.ok === true ? resolved.sids.length : 1
  const isMeant = type === 'disconnect' || type === 'message'
  return [
    ...(isMeant ? [limits.perType.begin(`${session.dbref} ${type}`)] : []),
    ...(sessions >= MASS_FROM ? [limits.mass.begin(session.dbref)] : []),
  ]
}

function limited(called: Called, waitMs: number): Response {
  const retryAfterS = Math.max(1, Math.ceil(waitMs / 1_000))
  return refuse(called, 'limited', { retryAfterS, detail: `Too many of these. The next one in ${retryAfterS} s.` })
}

function submit(request: CommandRequest, called: Called, model: ConsolePort): Promise<Submitted> {
  const { name, dbref } = called.session
  const resolve = (filter: string): Resolved => {
    const resolved = model.resolve(filter)
    if (resolved.ok) return { kind: 'sids', sids: resolved.sids }
    return { kind: 'refused', problem: `filter, at "${resolved.token}": ${resolved.problem}` }
  }
  return model.commands.submit(request, { name, dbref }, resolve)
}

function answerOf(submitted: Submitted, called: Called): Response {
  switch (submitted.kind) {
    case 'accepted':
      return json(submitted.command, 202, { location: `/api/commands/${encodeURIComponent(submitted.command.id)}` })
    case 'known':
      return json(submitted.command)
    case 'conflict': {
      const changed = [...submitted.changed]
      if (changed.length === 0) return refuse(called, 'id-taken', { detail: submitted.problem })
      return refuse(called, 'changed', { detail: submitted.problem, changed })
    }
    case 'refused':
      return refuse(called, 'refused', { detail: submitted.problem })
    case 'busy':
      return refuse(called, 'limited', { detail: submitted.problem, retryAfterS: BUSY_S })
    case 'unavailable':
      return refuse(called, 'unavailable', { part: submitted.part, detail: submitted.problem })
  }
}
