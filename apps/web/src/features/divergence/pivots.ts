import { COPIES, type Copy, type DivergenceItem, type Field, type State } from '@holdfast/store/contracts'

/** What is wrong now, seen from another side. Only open ones; a session that is missing counts as its whole record. */

export interface FieldPivot {
  name: string
  sessions: number
  /** In which copy it is not as its owner says, and in how many sessions. */
  odd: Readonly<Record<Copy, number>>
  /** ISO; the oldest of them. */
  since: string
}

export interface PairPivot {
  from: Copy
  to: Copy
  sessions: number
  /** How many sessions differ in each field, most first. */
  fields: readonly { name: string; count: number }[]
}

/** A session that a copy does not have, in the place of its fields' names. */
export const WHOLE = 'the whole record'

const isOpen = ({ healedAt }: DivergenceItem): boolean => healedAt === null
const WRONG: readonly State[] = ['drifted', 'missing', 'ghost']

/** The copies that differ from the field's owner, of those that were read. */
export function oddCopies({ cells, owner }: Field): readonly Copy[] {
  const right = cells[owner]
  if (right.kind !== 'value' && right.kind !== 'absent') return []
  const text = (copy: Copy): string | null => {
    const cell = cells[copy]
    return cell.kind === 'value' ? JSON.stringify(cell.value) : cell.kind === 'absent' ? '' : null
  }
  return COPIES.filter((copy) => copy !== owner && text(copy) !== null && text(copy) !== text(owner))
}

interface Difference {
  item: DivergenceItem
  field: string
  from: Copy
  to: Copy
}

function differencesOf(items: readonly DivergenceItem[]): readonly Difference[] {
  return items.filter(isOpen).flatMap((item): readonly Difference[] => {
    const from = COPIES.find((copy) => copy !== 'redis' && !item.missingIn.includes(copy)) ?? 'redis'
    if (item.missingIn.length > 0) return item.missingIn.map((to) => ({ item, field: WHOLE, from, to }))
    const wrong = item.fields.filter(({ state }) => WRONG.includes(state))
    return wrong.flatMap((field) => oddCopies(field).map((to) => ({ item, field: field.name, from: field.owner, to })))
  })
}

/** By field: in how many sessions each differs, most first. */
export function byField(items: readonly DivergenceItem[]): readonly FieldPivot[] {
  const found = new Map<string, { sids: Set<string>; odd: Record<Copy, number>; since: string }>()
  for (const { item, field, to } of differencesOf(items)) {
    const known = found.get(field) ?? { sids: new Set(), odd: { gateway: 0, server: 0, redis: 0 }, since: item.since }
    known.sids.add(item.sid)
    known.odd[to]++
    if (item.since < known.since) known.since = item.since
    found.set(field, known)
  }
  return [...found]
    .map(([name, { sids, odd, since }]) => ({ name, sessions: sids.size, odd, since }))
    .sort((a, b) => b.sessions - a.sessions || (a.name < b.name ? -1 : 1))
}

/** By pair of copies: who is right, who is not, and in what. */
export function byPair(items: readonly DivergenceItem[]): readonly PairPivot[] {
  const found = new Map<string, { from: Copy; to: Copy; sids: Set<string>; fields: Map<string, number> }>()
  for (const { item, field, from, to } of differencesOf(items)) {
    const key = `${from} ${to}`
    const known = found.get(key) ?? { from, to, sids: new Set(), fields: new Map() }
    known.sids.add(item.sid)
    known.fields.set(field, (known.fields.get(field) ?? 0) + 1)
    found.set(key, known)
  }
  return [...found.values()]
    .map(({ from, to, sids, fields }) => ({
      from,
      to,
      sessions: sids.size,
      fields: [...fields].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
    }))
    .sort((a, b) => b.sessions - a.sessions)
}
