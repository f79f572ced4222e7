import type { Clock } from '@holdfast/runtime'
import type { LivePatch, SessionRow, Sid } from '../contracts/index.ts'
import type { RestingRow } from './session-keys.ts'
import { isSamePlace, turnOf } from './session-row.ts'

/** Patches of a moving list are sent no more often: four in a second are as many as somebody can follow. */
export const PATCH_MS = 250

/** What changed in the list of sessions between two revisions. */
export type RowPatch = LivePatch

export type PatchListener = (patch: RowPatch) => void

export interface RowChanges {
  /** Rises with every change of anything that an answer shows. */
  readonly rev: number
  /** Something else than a row has changed. */
  bump(): void
  /** `before`: its row until now; null where it was not listed. */
  note(sid: Sid, before: RestingRow | null): void
  subscribe(listener: PatchListener): () => void
  readonly listeners: number
  close(): void
}

/**
 * Gathers changed rows and tells them together, the last state of each: how many changes a row had in between is nobody's
 * concern. Without a listener nothing is gathered. A listener that throws is told of and let go.
 */
export function createRowChanges(options: {
  clock: Clock
  /** As the list shows it; null where it is not in it. */
  rowOf: (sid: Sid) => SessionRow | null
  onListenerFailed: (error: unknown) => void
}): RowChanges {
  const { clock, rowOf, onListenerFailed } = options
  const listeners = new Set<PatchListener>()
  /** Each with its row when listeners were last told. */
  const changed = new Map<Sid, RestingRow | null>()
  let rev = 0
  let told = 0

  const flush = (): void => {
    if (listeners.size === 0 || changed.size === 0) return
    const patch: RowPatch = { from: told, to: rev, up: [], turns: [], rm: [] }
    for (const [sid, before] of changed) {
      const row = rowOf(sid)
      if (!row) patch.rm.push(sid)
      else if (before && isSamePlace(before, row)) patch.turns.push(turnOf(row, before.version))
      else patch.up.push(row)
    }
    changed.clear()
    told = rev
    for (const listener of listeners) {
      try {
        listener(patch)
      } catch (error) {
        listeners.delete(listener)
        onListenerFailed(error)
      }
    }
  }
  const timer = clock.setInterval(flush, PATCH_MS)

  return {
    get rev() {
      return rev
    },
    bump: () => void rev++,
    note(sid, before) {
      rev++
      if (listeners.size > 0 && !changed.has(sid)) changed.set(sid, before)
    },
    subscribe(listener) {
      if (listeners.size === 0) told = rev
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) changed.clear()
      }
    },
    get listeners() {
      return listeners.size
    },
    close() {
      timer.cancel()
      listeners.clear()
    },
  }
}
