import { type Cell, COPIES, type Copy, type Field, type PlanRow, type Sid } from '@holdfast/store/contracts'
import { canonical, isSameValue } from './field-value.ts'

const isRead = (cell: Cell): boolean => cell.kind === 'value' || cell.kind === 'absent'
const valueOfCell = (cell: Cell): unknown => (cell.kind === 'value' ? cell.value : null)
const isSame = (a: Cell, b: Cell): boolean => isSameValue(valueOfCell(a), valueOfCell(b))

/** What a reconcile would write, as the diff shows it. A dry run asks the session's owner, who has the last word. */
export function foreseenPlan(sid: Sid, fields: readonly Field[], truth: 'owner' | 'redis'): readonly PlanRow[] {
  return fields.flatMap((field) => {
    const right: Copy = truth === 'redis' ? 'redis' : field.owner
    const from = field.cells[right]
    if (!isRead(from) || field.state === 'unknown') return []
    const targets = COPIES.filter(
      (copy) => copy !== right && isRead(field.cells[copy]) && !isSame(field.cells[copy], from),
    )
    return targets.map((to): PlanRow => {
      const row = { sid, field: field.name, to, before: valueOfCell(field.cells[to]), after: valueOfCell(from) }
      return field.state === 'settling' || field.pending !== null ? { ...row, skipped: 'a write is on its way' } : row
    })
  })
}

/** What a plan writes, a text a row: two plans that write the same have the same texts. */
export const planKeys = (plan: readonly PlanRow[]): ReadonlySet<string> =>
  new Set(
    plan
      .filter(({ skipped }) => skipped === undefined)
      .map(({ sid, field, to, before, after }) =>
        canonical({ sid, field, to, before: before ?? null, after: after ?? null }),
      ),
  )

/** Whether nothing is written that was not planned; what has come to agree meanwhile is no matter. */
export const isCovered = (now: ReadonlySet<string>, planned: ReadonlySet<string>): boolean =>
  [...now].every((key) => planned.has(key))

export const isSamePlan = (a: readonly PlanRow[], b: readonly PlanRow[]): boolean => {
  const [left, right] = [planKeys(a), planKeys(b)]
  return left.size === right.size && isCovered(left, right)
}
