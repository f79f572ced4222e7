import type { Clock } from '@holdfast/runtime'
import type { SessionRow, Sid } from '../contracts/index.ts'

/** Patches of a moving list are sent no more often: four in a second are as many as somebody can follow. */
export const PATCH_MS = 250

/** What changed in the list of sessions between two revisions: rows that are new or other, and sessions that are gone. */
export interface RowPatch {
  from: number
  to: number
  up: SessionRow[]
  rm: Sid[]
}

export type PatchListener = (patch: RowPatch) => void

export interface RowChanges {
  /** Rises with every change of anything that an answer shows. */
  readonly rev: number
  /** Something else than a row has changed. */
  bump(): void
  note(sid: Sid): void
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
  const changed = new Set<Sid>()
  let rev = 0
  let told = 0

  const flush = (): void => {
    if (listeners.size === 0 || changed.size === 0) return
    const patch: RowPatch = { from: told, to: rev, up: [], rm: [] }
    for (const sid of changed) {
      const row = rowOf(sid)
      if (row) patch.up.push(row)
      else patch.rm.push(sid)
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
    note(sid) {
      rev++
      if (listeners.size > 0) changed.add(sid)
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
