import type { Sid } from '@holdfast/store/contracts'

/** Which row of the document shows which session, in the order of the list that answers `question`; rows' names are numbers. */
export interface RowSlots {
  question: string
  of: ReadonlyMap<Sid, number>
}

export const NO_SLOTS: RowSlots = { question: '', of: new Map() }

/**
 * Gives each session a row. In the answer to the same question one that is still shown keeps its row, whatever its place, and a new
 * one takes over that of one that is shown no more. In the answer to another the rows stay where they are and take over what comes:
 * to move one costs as much as to build it.
 */
export function slotsFor(before: RowSlots, question: string, sids: readonly Sid[]): RowSlots {
  const shown = new Set(sids)
  const isSame = before.question === question
  const kept = new Map([...before.of].filter(([sid]) => isSame && shown.has(sid)))
  const free = [...before.of].filter(([sid]) => !kept.has(sid)).map(([, slot]) => slot)
  let fresh = Math.max(-1, ...before.of.values())
  const slots = new Map<Sid, number>()
  for (const sid of shown) slots.set(sid, kept.get(sid) ?? free.shift() ?? ++fresh)
  return { question, of: slots }
}
