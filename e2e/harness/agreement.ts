import type { SessionDetail, Sid } from '@holdfast/store/contracts'
import type { Wizard } from './wizard.ts'

/** Differences between copies of these sessions, field by field; empty is agreement. A copy that was not read disagrees. */
export function disagreements(wizard: Wizard, sids: readonly Sid[]): string[] {
  return sids.flatMap((sid) => ofSession(wizard.detail(sid)))
}

function ofSession({ session, fields }: SessionDetail): string[] {
  return fields.flatMap(({ name, cells, pending }) => {
    const told = Object.entries(cells).flatMap(([copy, cell]) =>
      cell.kind === 'not-held' ? [] : [[copy, cell.kind === 'value' ? JSON.stringify(cell.value) : cell.kind] as const],
    )
    const values = new Set(told.map(([, value]) => value))
    const isUnread = told.some(([, value]) => value === 'unknown')
    if (values.size <= 1 && !isUnread && pending === null) return []
    return [`${session.sid} ${name}: ${told.map(([copy, value]) => `${copy} ${value}`).join(', ')}`]
  })
}
