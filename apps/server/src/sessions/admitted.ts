import type { SessionRecord } from '@holdfast/store/contracts'

/** The kind of the question that a login waits for between its binding and its welcome (binding.ts). */
export const STORING_KIND = 'stored'

/**
 * Whether the session's player plays. A login binds its session first and is let in when that is stored, which with Redis
 * away takes 1.5 s and may end in a refusal: until then it hears nothing, is seen by nobody and counts nowhere.
 */
export function isAdmitted({ loginState, waitingFor }: Pick<SessionRecord, 'loginState' | 'waitingFor'>): boolean {
  if (loginState !== 'loggedIn') return false
  return waitingFor?.kind !== STORING_KIND || waitingFor.isAnswered === true
}
