import type { LivePatch, SessionRow, Sid } from '@holdfast/store/contracts'

/** Several patches as one: of each row its last state. The order of `patches` is that of their revisions. */
export function mergePatches(patches: readonly LivePatch[]): LivePatch | null {
  const [first] = patches
  const last = patches.at(-1)
  if (first === undefined || last === undefined) return null
  const rows = new Map<Sid, SessionRow | null>()
  for (const { up, rm } of patches) {
    for (const row of up) rows.set(row.sid, row)
    for (const sid of rm) rows.set(sid, null)
  }
  const merged: LivePatch = { from: first.from, to: last.to, up: [], rm: [] }
  for (const [sid, row] of rows) {
    if (row === null) merged.rm.push(sid)
    else merged.up.push(row)
  }
  return merged
}
