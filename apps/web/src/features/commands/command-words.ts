import type { Command, CommandRequest, CommandState } from '@holdfast/store/contracts'
import { counted } from '#ui/format/number.ts'

type Type = CommandRequest['type']

/** What buttons say, and what is said while it is on its way and afterwards. */
export const VERBS: Readonly<Record<Type, { do: string; doing: string; done: string }>> = {
  disconnect: { do: 'Boot', doing: 'Booting', done: 'Booted' },
  message: { do: 'Message', doing: 'Messaging', done: 'Messaged' },
  reconcile: { do: 'Reconcile', doing: 'Reconciling', done: 'Reconciled' },
  recheck: { do: 'Re-check', doing: 'Re-checking', done: 'Re-checked' },
  retry: { do: 'Retry', doing: 'Retrying', done: 'Retried' },
  drop: { do: 'Drop', doing: 'Dropping', done: 'Dropped' },
}

/** What a player reads who is booted without a word. */
export const SHOWN_THE_DOOR = 'You are politely shown to the door.'
/** A message as the player's client shows it. */
export const messagePreview = (wizard: string, text: string): string => `${wizard} (console) pages: ${text}`

/** Whether copies are read again before it is over: the others change none. */
export const isVerified = ({ type, dryRun }: CommandRequest): boolean =>
  type === 'disconnect' || (type === 'reconcile' && dryRun !== true)

const ENDS: readonly CommandState[] = ['verified', 'failed', 'timed-out', 'superseded', 'refused']

/** Nothing more will come of it, or nothing that anybody waits for. A dry run ends when its plan is there. */
export const isOver = (command: Command): boolean =>
  ENDS.includes(command.state) ||
  (command.state === 'applied' && (!isVerified(command) || command.detail !== undefined))

/** How it ended, in one line: `Reconciled Thornwick: 3 fields written, verified.` */
export function outcomeText(command: Command, what: string): { look: 'good' | 'bad'; text: string } {
  const { type, state, results, detail } = command
  const { done, do: verb } = VERBS[type]
  const count = (outcome: string): number => results.filter((result) => result.outcome === outcome).length
  const isOne = results.length === 1
  const only = isOne ? results[0] : undefined
  if (state === 'timed-out')
    return { look: 'bad', text: `${verb} ${what}: no answer in 10 s. State unknown. Re-check.` }
  if (state === 'refused' || state === 'failed')
    return { look: 'bad', text: `${verb} ${what}: ${detail ?? only?.detail ?? state}. Nothing was done.` }
  if (only?.outcome === 'gone') return { look: 'good', text: `${what}: already gone.` }
  const parts = [
    isOne ? '' : `${count('done')} done`,
    !isOne && count('gone') > 0 ? `${count('gone')} gone already` : '',
    count('refused') > 0 ? `${count('refused')} refused` : '',
    count('no-answer') > 0 ? `${count('no-answer')} without an answer` : '',
    count('skipped') > 0 ? `${count('skipped')} skipped` : '',
    writtenText(command),
    state === 'verified' ? 'verified' : isVerified(command) ? (detail ?? 'not verified yet') : '',
  ].filter((part) => part !== '')
  const isSeen = state !== 'applied' || !isVerified(command)
  const isGood = isSeen && state !== 'superseded' && count('refused') === 0 && count('no-answer') === 0
  return { look: isGood ? 'good' : 'bad', text: `${done} ${what}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.` }
}

function writtenText({ type, plan, dryRun }: Command): string {
  if (type !== 'reconcile' || !plan) return ''
  const written = plan.filter(({ skipped }) => skipped === undefined).length
  return `${counted(written, 'field')} ${dryRun ? 'would be written' : 'written'}`
}
