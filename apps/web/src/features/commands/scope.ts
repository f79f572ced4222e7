import type { CommandRequest, Sid } from '@holdfast/store/contracts'
import { hiddenText } from '#features/sessions/in-filter.ts'
import type { Selection } from '#features/sessions/selection.ts'
import { counted, countText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import type { Person } from './people.ts'

/** Whom a command is for, and how that is said. */
export interface Scope {
  target: CommandRequest['target']
  /** `Thornwick`, `388 sessions`: after the verb. */
  what: string
  /** The whole scope as a sentence. */
  sentence: string
  count: number
  /** Who was on these sessions when the wizard chose them by what a row said. */
  seen?: readonly Person[]
}

export const nameOfRow = ({ player, handle }: Person): string =>
  player ? visibleText(player.name) : `session ${handle}`

/** The scope of one session. */
export const scopeOfRow = (row: Person): Scope => ({
  target: { sids: [row.sid] },
  what: nameOfRow(row),
  sentence: `${nameOfRow(row)} ${row.handle}`,
  count: 1,
})

/** `All 1,204 matching state:drifted as of 12:04:29`. */
export function matchingSentence(filter: string, total: number, asOf: string): string {
  const matching = filter === '' ? 'sessions' : `matching ${filter}`
  return `All ${countText(total)} ${matching} as of ${timeText(asOf)}`
}

/**
 * The scope of what is selected; `hidden`: how many more are, and left alone. What a filter means is read when a dialog states it,
 * see use-stated.ts.
 */
export function scopeOfSelection(selection: Selection, isGone: (sid: Sid) => boolean, hidden = 0): Scope {
  if (selection.kind === 'all') {
    const { filter, total, asOf } = selection
    const sentence = matchingSentence(filter, total, asOf)
    return { target: { filter }, what: counted(total, 'session'), sentence, count: total }
  }
  const rows = [...selection.rows.values()]
  const [only] = rows
  if (rows.length === 1 && only) return scopeOfRow(only)
  const gone = rows.filter(({ sid }) => isGone(sid)).length
  const asides = [gone > 0 ? `${gone} no longer connected` : null, hiddenText(hidden)].filter((each) => each !== null)
  return {
    target: { sids: rows.map(({ sid }) => sid) },
    what: counted(rows.length, 'session'),
    sentence: `${rows.length} selected${asides.length > 0 ? ` (${asides.join('; ')})` : ''}`,
    count: rows.length,
    seen: rows,
  }
}
