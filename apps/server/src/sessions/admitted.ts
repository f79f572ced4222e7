import type { SessionRecord } from '@holdfast/store/contracts'

/**
 * The kinds of the question that a login waits for between its binding and its welcome (binding.ts): whether it is stored
 * (policy `allow`), or whether it is let in at all (`deny`).
 */
export const STORING_KIND = 'stored'
export const ADMITTING_KIND = 'admitted'

/**
 * Whether the session's player plays. A login binds its session first and is let in when that is stored, which with Redis
 * away takes 1.5 s and may end in a refusal: until then it is seen by nobody and counts nowhere.
 */
export function isAdmitted({ loginState, waitingFor }: Pick<SessionRecord, 'loginState' | 'waitingFor'>): boolean {
  if (loginState !== 'loggedIn') return false
  return !waits(waitingFor, [STORING_KIND, ADMITTING_KIND])
}

/**
 * Whether the session hears its room. From its binding on, unless it may still be refused: what is said after a welcome
 * must be heard, and another server learns of the welcome some moments after its player.
 */
export function hearsRoom({ loginState, waitingFor }: Pick<SessionRecord, 'loginState' | 'waitingFor'>): boolean {
  return loginState === 'loggedIn' && !waits(waitingFor, [ADMITTING_KIND])
}

const waits = (waitingFor: SessionRecord['waitingFor'], kinds: readonly string[]): boolean =>
  waitingFor !== null && kinds.includes(waitingFor.kind) && waitingFor.isAnswered !== true
