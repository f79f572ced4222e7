import type { Command, CommandResult, CommandState, Sid } from '../contracts/index.ts'
import type { AuditedCommand } from './audit-fold.ts'
import { isoOf, isoOrNull } from './iso.ts'

/** A session of which nothing is heard for so long gives no answer, until it gives one. */
export const ANSWER_WAIT_MS = 10_000

/** What only the console that sent a command knows of it. */
export interface Progress {
  /** Kafka has the first of its records. */
  isTaken: boolean
  /** What was found when the copies were read again, by session. */
  differing: ReadonlyMap<Sid, string>
}

export const NO_PROGRESS: Progress = { isTaken: false, differing: new Map() }

/** Every session has answered, or was left out. */
export const isAnswered = ({ requested, results }: AuditedCommand): boolean => results.size >= requested.sids.length

/**
 * What its answers make of a command, all being there: refused for all is a failure, and so is one that came to nobody though no
 * wizard stopped it; gone is none.
 */
export function outcomeOf({ results, stop }: AuditedCommand): 'applied' | 'failed' {
  const outcomes = [...results.values()].map(({ outcome }) => outcome)
  const isRefused = outcomes.some((outcome) => outcome === 'refused')
  const isInVain = isRefused || (stop === null && outcomes.every((outcome) => outcome === 'skipped'))
  return isInVain && !outcomes.some((outcome) => outcome === 'done' || outcome === 'gone') ? 'failed' : 'applied'
}

/**
 * Where a command is: what was concluded, unless it was concluded for want of answers that have come since; else what its
 * answers say, and how long nothing has been heard.
 */
export function stateOf(command: AuditedCommand, { isTaken }: Progress, now: number): CommandState {
  const { concluded, results, heardAt } = command
  if (concluded && !(concluded.state === 'timed-out' && isAnswered(command))) return concluded.state
  if (isAnswered(command)) return outcomeOf(command)
  if (now - heardAt > ANSWER_WAIT_MS) return 'timed-out'
  return isTaken || results.size > 0 ? 'accepted' : 'sent'
}

/** A command as the console shows it. */
export function commandOf(command: AuditedCommand, progress: Progress, now: number): Command {
  const { request, by, sids } = command.requested
  const state = stateOf(command, progress, now)
  const results: CommandResult[] = []
  for (const sid of sids) {
    const result = command.results.get(sid)
    const differs = progress.differing.get(sid)
    if (result) {
      const detail = differs === undefined ? result.detail : `${result.detail ?? 'done'}; still differs: ${differs}`
      results.push({ sid, outcome: result.outcome, ...(detail !== undefined && { detail }) })
    } else if (state === 'timed-out') results.push({ sid, outcome: 'no-answer' })
    else if (state === 'refused' || state === 'failed') {
      const detail = command.concluded?.detail
      results.push({ sid, outcome: 'skipped', ...(detail !== undefined && { detail }) })
    }
  }
  const plans = [...command.results.values()].flatMap(({ plan }) => (plan ? [plan] : []))
  const detail = command.concluded?.state === state ? command.concluded.detail : undefined
  const { targets } = command.requested
  return {
    ...request,
    by: by.name,
    state,
    ...(detail !== undefined && { detail }),
    ...(plans.length > 0 && { plan: plans.flat() }),
    results,
    ...(targets && targets.length > 0 && { targets }),
    progress: progressOf(command),
    ...(command.stop && { stop: { by: command.stop.by.name, at: isoOf(command.stop.at) } }),
  }
}

function progressOf({ requested, results }: AuditedCommand): NonNullable<Command['progress']> {
  let last: number | null = null
  for (const { at } of results.values()) last = Math.max(last ?? at, at)
  return { total: requested.sids.length, ended: results.size, begunAt: isoOf(requested.at), lastAt: isoOrNull(last) }
}
