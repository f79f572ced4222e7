import type { LivePatch, RowTurn, SessionRow, Sid } from '@holdfast/store/contracts'

type Change = { kind: 'row'; row: SessionRow } | { kind: 'turn'; turn: RowTurn } | { kind: 'gone' }

/** Several patches as one: of each row its last state. The order of `patches` is that of their revisions. */
export function mergePatches(patches: readonly LivePatch[]): LivePatch | null {
  const [first] = patches
  const last = patches.at(-1)
  if (first === undefined || last === undefined) return null
  const changes = new Map<Sid, Change>()
  for (const { up, turns, rm } of patches) {
    for (const row of up) changes.set(row.sid, { kind: 'row', row })
    for (const turn of turns) changes.set(turn.sid, turned(changes.get(turn.sid), turn))
    for (const sid of rm) changes.set(sid, { kind: 'gone' })
  }
  const merged: LivePatch = { from: first.from, to: last.to, up: [], turns: [], rm: [] }
  for (const [sid, change] of changes) {
    if (change.kind === 'row') merged.up.push(change.row)
    else if (change.kind === 'turn') merged.turns.push(change.turn)
    else merged.rm.push(sid)
  }
  return merged
}

/** A turn after another goes from where the first began; after a whole row it is part of that. */
function turned(before: Change | undefined, turn: RowTurn): Change {
  if (before?.kind === 'turn') return { kind: 'turn', turn: { ...turn, was: before.turn.was } }
  if (before?.kind !== 'row') return { kind: 'turn', turn }
  const { was: _, ...rest } = turn
  return { kind: 'row', row: { ...before.row, ...rest } }
}

/** How many sessions a patch tells of. */
export const sizeOf = ({ up, turns, rm }: LivePatch): number => up.length + turns.length + rm.length
