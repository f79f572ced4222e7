import type { Resolved, Submitted } from '@holdfast/store'
import { type CommandRequest, commandRequestSchema } from '@holdfast/store/contracts'
import { refuse } from '../asked.ts'
import type { AttemptLimit } from '../attempt-limit.ts'
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
    // A command that was given before has no second effect, and costs nothing.
    const isKnown = model.commands.get(parsed.data.id) !== null
    const waitMs = isKnown ? 0 : waitOf(parsed.data, called, model, limits)
    return waitMs > 0 ? limited(called, waitMs) : submit(parsed.data, called, model)
  }
}

/** How long this wizard has to wait with such a command, ms; 0: not at all. */
function waitOf(
  { type, target }: CommandRequest,
  { session }: Called,
  model: ConsolePort,
  limits: CommandLimits,
): number {
  const taken = type === 'disconnect' || type === 'message' ? limits.perType.take(`${session.dbref} ${type}`) : null
  if (taken !== null && !taken.ok) return taken.waitMs
  const resolved = 'filter' in target ? model.resolve(target.filter) : null
  const sessions = 'sids' in target ? target.sids.length : resolved?.ok === true ? resolved.sids.length : 1
  const mass = sessions >= MASS_FROM ? limits.mass.take(session.dbref) : null
  return mass === null || mass.ok ? 0 : mass.waitMs
}

function limited(called: Called, waitMs: number): Response {
  const retryAfterS = Math.max(1, Math.ceil(waitMs / 1_000))
  return refuse(called, 'limited', { retryAfterS, detail: `Too many of these. The next one in ${retryAfterS} s.` })
}

async function submit(request: CommandRequest, called: Called, model: ConsolePort): Promise<Response> {
  const { name, dbref } = called.session
  const resolve = (filter: string): Resolved => {
    const resolved = model.resolve(filter)
    if (resolved.ok) return { kind: 'sids', sids: resolved.sids }
    return { kind: 'refused', problem: `filter, at "${resolved.token}": ${resolved.problem}` }
  }
  return answerOf(await model.commands.submit(request, { name, dbref }, resolve), called)
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
      return refuse(called, 'unavailable', { part: 'kafka', detail: submitted.problem })
  }
}
