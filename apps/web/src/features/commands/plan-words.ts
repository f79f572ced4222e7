import { type Copy, GATEWAY_FIELDS, type PlanRow } from '@holdfast/store/contracts'
import { COPY_NAMES } from '#ui/states.ts'

export interface Direction {
  from: Copy
  to: Copy
  /** `Server memory to Redis`. */
  text: string
  count: number
}

const GATEWAYS = new Set<string>(GATEWAY_FIELDS)
const isWritten = ({ skipped }: PlanRow): boolean => skipped === undefined

/** Where a row's value comes from: what is written to Redis comes from the field's owner, all else from Redis. */
const fromOf = ({ field, to }: PlanRow, truth: 'owner' | 'redis'): Copy => {
  if (truth === 'redis') return 'redis'
  const owner: Copy = GATEWAYS.has(field) ? 'gateway' : 'server'
  return to === owner ? 'redis' : owner
}

/** From where to where, and how many fields; what is skipped is not counted. */
export function directionsOf(plan: readonly PlanRow[], truth: 'owner' | 'redis' = 'owner'): readonly Direction[] {
  const found = new Map<string, Direction>()
  for (const row of plan.filter(isWritten)) {
    const from = fromOf(row, truth)
    const text = `${COPY_NAMES[from]} to ${COPY_NAMES[row.to]}`
    const known = found.get(text)
    found.set(text, { from, to: row.to, text, count: (known?.count ?? 0) + 1 })
  }
  return [...found.values()]
}

/** What is left alone, by its reason. */
export function skippedOf(plan: readonly PlanRow[]): readonly { reason: string; count: number }[] {
  const found = new Map<string, number>()
  for (const { skipped } of plan) if (skipped !== undefined) found.set(skipped, (found.get(skipped) ?? 0) + 1)
  return [...found].map(([reason, count]) => ({ reason, count }))
}

export const writtenRows = (plan: readonly PlanRow[]): readonly PlanRow[] => plan.filter(isWritten)
