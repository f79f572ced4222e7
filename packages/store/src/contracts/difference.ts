import { type Difference, GRACE_MS, LOOKS_TO_COUNT, type Observation } from './divergence.ts'

/** One difference between copies, as one look sees it. */
export interface Sight {
  /** The values of the copies, or which of them have the session. */
  values: string
  /**
   * What tells two sights of equal values apart: revisions of the copies. `certain` where copies of one and the same revision
   * differ: a value and its revision are always written together, so no write in flight explains that.
   */
  proof: string
  isPending: boolean
}

export const CERTAIN = 'certain'

export interface Judgement {
  isStanding: boolean
  difference: Difference
}

/**
 * Whether a difference stands: nothing pending covers it, and looks over the whole grace saw the very same. A difference of
 * values or revisions that move on begins anew each time, and so never stands. While something is pending its age does not
 * count at all: the copy that was read may be from before the write, and its acknowledgement from after it.
 */
export function judge({ values, proof, isPending }: Sight, key: string, observation: Observation): Judgement {
  const { before, now, graceMs = GRACE_MS } = observation
  const signature = `${proof}\n${values}`
  if (isPending) return { isStanding: false, difference: { signature, since: now, looks: 0 } }
  const last = before.get(key)
  let difference: Difference = { signature, since: now, looks: 1 }
  if (last?.signature === signature) difference = { ...last, looks: last.looks + 1 }
  // Other fields of the session are on their way: this look neither proves nor refutes what was certain.
  else if (last?.signature === `${CERTAIN}\n${values}`) difference = last
  const isStanding = difference.looks >= LOOKS_TO_COUNT && now - difference.since >= graceMs
  return { isStanding, difference }
}
