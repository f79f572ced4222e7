import type { Clock } from '@holdfast/runtime'
import type { DivergenceCause, Finding, Sid } from '../contracts/index.ts'

/**
 * What is done about a difference by itself. Repaired is what can only be a loss: the owner's copy is right, and nobody has
 * meant it. What somebody has written into a living record may be meant, so a wizard is shown it and decides.
 */
export const POLICY: Readonly<Record<DivergenceCause, 'repair' | 'show'>> = {
  missing: 'repair',
  ghost: 'repair',
  'rolled-back': 'repair',
  content: 'show',
  'foreign-write': 'show',
  'status-skew': 'show',
}

/** So many repairs of one session within so long; then somebody else keeps writing, and only a person can find out who. */
export const REPAIRS_MAX = 3
export const REPAIRS_WITHIN_MS = 300_000
/** A repair that has changed nothing is tried again after this. */
export const REPAIR_AGAIN_MS = 5_000

export interface RepairLedger {
  policyFor(sid: Sid, cause: DivergenceCause): Finding['policy']
  /** The last repair was long enough ago for another. */
  isDue(sid: Sid): boolean
  note(sid: Sid): void
}

/** Remembers the repairs of the last five minutes. */
export function createRepairLedger(clock: Clock): RepairLedger {
  const repairs = new Map<Sid, number[]>()
  const recent = (sid: Sid): number[] => {
    const since = clock.monotonic() - REPAIRS_WITHIN_MS
    const times = (repairs.get(sid) ?? []).filter((at) => at > since)
    if (times.length === 0) repairs.delete(sid)
    return times
  }
  return {
    policyFor(sid, cause) {
      if (POLICY[cause] === 'show') return 'show'
      return recent(sid).length >= REPAIRS_MAX ? 'fighting' : 'repair'
    },
    isDue: (sid) => clock.monotonic() - (recent(sid).at(-1) ?? Number.NEGATIVE_INFINITY) >= REPAIR_AGAIN_MS,
    note(sid) {
      for (const known of [...repairs.keys()]) recent(known)
      repairs.set(sid, [...recent(sid), clock.monotonic()])
    },
  }
}
