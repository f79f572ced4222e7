import type { Sid } from '@holdfast/store/contracts'

/** Sessions that a command leaves out, and how their players are called: `2 wizards`. */
export interface Left {
  sids: ReadonlySet<Sid>
  who: (count: number) => string
}

export const WHO = {
  own: () => 'yourself',
  wizards: (count: number) => (count === 1 ? 'a wizard' : `${count} wizards`),
  replaced: (count: number) => `${count} with somebody else on it by now`,
} as const

export interface LeavingOut {
  /** Whom it is for still. */
  sids: readonly Sid[]
  /** `leaves out 3: yourself, 2 wizards`; null where nobody is. */
  text: string | null
}

/** A session that is left out for two reasons is counted with the first of them. */
export function leavingOut(sids: readonly Sid[], lefts: readonly Left[]): LeavingOut {
  let kept = sids
  const parts: string[] = []
  for (const { sids: left, who } of lefts) {
    const rest = kept.filter((sid) => !left.has(sid))
    if (rest.length < kept.length) parts.push(who(kept.length - rest.length))
    kept = rest
  }
  const count = sids.length - kept.length
  return { sids: kept, text: count === 0 ? null : `leaves out ${count}: ${parts.join(', ')}` }
}
