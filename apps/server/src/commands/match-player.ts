import type { SessionsView } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { isAdmitted } from '../sessions/admitted.ts'

/** A connected player: who plays, not who exists. Needs no world. */
export interface ConnectedPlayer {
  readonly player: string
  readonly name: string
  readonly sessions: readonly SessionRecord[]
}

export type PlayerMatch =
  | { kind: 'one'; found: ConnectedPlayer }
  | { kind: 'many'; names: readonly string[] }
  | { kind: 'none' }

/**
 * The connected player whom a name means: the whole name in any case, else the beginning of one name. Whoever hides is
 * found by the whole name only, or the beginning would tell that they are there.
 */
export function matchPlayer(name: string, viewer: SessionRecord, sessions: SessionsView): PlayerMatch {
  const wanted = name.toLowerCase()
  if (wanted === 'me' && viewer.player !== null) return one(viewer.player, viewer.playerName ?? '', sessions)
  const seen = new Map<string, { name: string; hidden: boolean }>()
  for (const each of sessions.all()) {
    const { player, playerName, hidden } = each
    if (!isAdmitted(each) || player === null || playerName === null) continue
    seen.set(player, { name: playerName, hidden: hidden && (seen.get(player)?.hidden ?? true) })
  }
  for (const [player, each] of seen) {
    if (each.name.toLowerCase() === wanted || player === wanted) return one(player, each.name, sessions)
  }
  const begun = [...seen].filter(
    ([, each]) => each.name.toLowerCase().startsWith(wanted) && (!each.hidden || viewer.wizard),
  )
  const [only, another] = begun
  if (!only || wanted === '') return { kind: 'none' }
  if (another) return { kind: 'many', names: begun.map(([, each]) => each.name).sort() }
  return one(only[0], only[1].name, sessions)
}

function one(player: string, name: string, sessions: SessionsView): PlayerMatch {
  return { kind: 'one', found: { player, name, sessions: sessions.ofPlayer(player).filter(isAdmitted) } }
}
