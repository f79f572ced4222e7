import { type CommandRequest, parseSid, type Sid, type WizardOrder } from '../contracts/index.ts'

/** What a well-formed command must say beyond its shape. Pure. */

type Type = CommandRequest['type']

/** They change something, or speak for the game: the audit says why. */
const NEEDS_REASON: readonly Type[] = ['disconnect', 'message', 'reconcile', 'drop']
const TAKES_TEXT: readonly Type[] = ['disconnect', 'message']
const TAKES_ENTRY: readonly Type[] = ['retry', 'drop', 'recheck']

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === ''

/** What is wrong with a request, in words; null for nothing. */
export function problemOfRequest({
  type,
  target,
  matching,
  reason,
  text,
  truth,
  dryRun,
}: CommandRequest): string | null {
  if (NEEDS_REASON.includes(type) && dryRun !== true && isBlank(reason)) return 'say why: the audit keeps the reason'
  if (type === 'message' && isBlank(text)) return 'a message needs a text'
  if (text !== undefined && !TAKES_TEXT.includes(type)) return `${type} takes no text`
  if (type === 'reconcile' && truth === undefined) return 'say which copy is right: owner or redis'
  if (type !== 'reconcile' && (truth !== undefined || dryRun !== undefined))
    return `${type} takes no truth and no dry run`
  if (matching !== undefined && !('sids' in target)) return 'matching says how sids were chosen: name them'
  if (!('entry' in target)) return null
  if (!TAKES_ENTRY.includes(type)) return `${type} takes sessions, not a queue’s entry`
  return parseEntry(target.entry) ? null : 'no such entry'
}

/** Reads a queue entry's id, `<sid>@server` or `<sid>@gateway`; null where it is none. */
export function parseEntry(entry: string): { sid: Sid; side: 'gateway' | 'server' } | null {
  const match = /^(.+)@(gateway|server)$/.exec(entry)
  const sid = parseSid(match?.[1] ?? '')
  return sid === null ? null : { sid, side: match?.[2] === 'gateway' ? 'gateway' : 'server' }
}

/** Whether two requests ask for the same, whatever the order of their keys. */
export const isSameRequest = (one: CommandRequest, other: CommandRequest): boolean =>
  canonical(one) === canonical(other)

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}

/** Whether the gateway that holds the session has to do something for it, beside the session's owner. */
export const needsGateway = ({ type, target }: Pick<CommandRequest, 'type' | 'target'>): boolean =>
  TAKES_TEXT.includes(type) || ('entry' in target && parseEntry(target.entry)?.side === 'gateway')

/** The request as it concerns one session. */
export function orderFor(
  sid: Sid,
  { id, type, target, reason, text, truth, dryRun, expect }: CommandRequest,
  by: WizardOrder['by'],
): WizardOrder {
  const side = 'entry' in target ? (parseEntry(target.entry)?.side ?? null) : null
  return { commandId: id, type, reason, text, truth, dryRun, by, side, expect: expect?.[sid] ?? null }
}
