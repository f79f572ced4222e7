import type { AuditItem, AuditTarget, CommandRequest, Sid } from '../contracts/index.ts'
import type { AuditedCommand, AuditedItem } from './audit-fold.ts'
import { commandOf, type Progress } from './command-state.ts'

/** What was audited, as people read it. Pure. */

const ACTIONS: Readonly<Record<CommandRequest['type'], string>> = {
  disconnect: 'Disconnect',
  reconcile: 'Reconcile',
  message: 'Message',
  retry: 'Retry now',
  drop: 'Drop a waiting write',
  recheck: 'Re-check',
}

const NUMBER = new Intl.NumberFormat('en')

/** `1 session`, `1,204 sessions`. */
const sessions = (count: number): string => `${NUMBER.format(count)} ${count === 1 ? 'session' : 'sessions'}`

export interface ItemFacts {
  progress: Progress
  /** Monotonic ms. */
  now: number
  /** Who a session is, for a record that does not tell; undefined where nobody knows. */
  named: (sid: Sid) => AuditTarget | undefined
}

export function itemOf(item: AuditedItem, facts: ItemFacts): AuditItem {
  if (item.kind === 'command') return commandItem(item, facts)
  const { record } = item
  const head = { id: record.id, at: new Date(record.at).toISOString(), commandId: null }
  if (record.kind === 'sign-in') {
    const who = record.who ?? 'a name that nobody has'
    return { ...head, who, action: 'Sign in', scope: 'console', reason: '', result: record.outcome, target: null }
  }
  return {
    ...head,
    who: 'auditor',
    action: 'Repair',
    scope: `1 session: ${record.sid}`,
    reason: record.cause,
    result: record.what,
    target: record.target ?? facts.named(record.sid) ?? null,
  }
}

function commandItem(command: AuditedCommand, { progress, now, named }: ItemFacts): AuditItem {
  const { requested } = command
  const [only] = requested.sids.length === 1 ? requested.sids : []
  const { id, at, by, request } = requested
  return {
    id,
    at: new Date(at).toISOString(),
    who: `${by.name} (${by.dbref})`,
    action: actionOf(request),
    scope: scopeOf(request, requested.sids),
    reason: request.reason ?? '',
    result: resultOf(command, progress, now),
    commandId: id,
    target: only === undefined ? null : (requested.targets?.[0] ?? named(only) ?? null),
  }
}

function actionOf({ type, truth, dryRun }: CommandRequest): string {
  if (type !== 'reconcile') return ACTIONS[type]
  const direction = truth === 'redis' ? 'Redis is right' : 'each field’s owner is right'
  return `${ACTIONS[type]}: ${direction}${dryRun === true ? ' (dry run)' : ''}`
}

function scopeOf({ target, matching }: CommandRequest, sids: readonly string[]): string {
  if ('entry' in target) return `entry ${target.entry}`
  const filter = 'filter' in target ? target.filter : matching
  if (filter !== undefined) return `${sessions(sids.length)} matching ${filter.trim() || 'everything'}`
  return sids.length === 1 ? `1 session: ${sids[0]}` : sessions(sids.length)
}

/** `verified: 2 done, 1 gone`; of one session also why. */
function resultOf(command: AuditedCommand, progress: Progress, now: number): string {
  const { state, results } = commandOf(command, progress, now)
  const counts = new Map<string, number>()
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const [only] = results
  if (results.length === 1 && only)
    return `${state}: ${only.outcome}${only.detail === undefined ? '' : `, ${only.detail}`}`
  const words = [...counts].map(([outcome, count]) => `${NUMBER.format(count)} ${outcome}`)
  const detail = command.concluded?.detail
  return [state, words.join(', '), detail].filter((part) => part !== undefined && part !== '').join(': ')
}
