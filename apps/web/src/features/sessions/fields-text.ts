import type { SessionRow } from '@holdfast/store/contracts'
import { visibleText } from '#ui/format/visible-text.ts'

/** Names of fields are in Redis, where anybody who writes there may have put anything: all that is shown of them comes from here. */

/** Letters that a narrow column has room for. */
const LETTERS = 20

/** `room, client, width`: all of them. */
export const allFieldsText = (fields: readonly string[]): string => fields.map(visibleText).join(', ')

/** `room, client +1`: as many names as there is room for, and how many there are beside. */
export function fieldsText(fields: readonly string[]): string {
  let named = 1
  while (named < fields.length && allFieldsText(fields.slice(0, named + 1)).length + 3 <= LETTERS) named++
  const all = allFieldsText(fields.slice(0, named))
  return named >= fields.length ? all : `${all} +${fields.length - named}`
}

/** What of a session differs between its copies. */
export function driftedText({ state, drifted }: Pick<SessionRow, 'state' | 'drifted'>): string {
  if (state === 'missing') return 'all fields'
  return state === 'ghost' ? 'whole record' : allFieldsText(drifted)
}
