import type { ControlBoard } from '@holdfast/store'
import type { ControlRecord, ControlRecordOf } from '@holdfast/store/contracts'

/** A board on which the test says everything. */
export function fakeBoard() {
  const listeners = new Map<ControlRecord['kind'], Set<(record: ControlRecord) => void>>()
  const board: Pick<ControlBoard, 'on'> = {
    on(kind, listener) {
      const all = listeners.get(kind) ?? new Set()
      listeners.set(kind, all)
      const isOfKind = (record: ControlRecord): record is ControlRecordOf<typeof kind> => record.kind === kind
      const heard = (record: ControlRecord): void => {
        if (isOfKind(record)) listener(record)
      }
      all.add(heard)
      return () => void all.delete(heard)
    },
  }
  return {
    board,
    say(record: ControlRecord): void {
      for (const listener of listeners.get(record.kind) ?? []) listener(record)
    },
    /** Who still listens, to see that nobody does. */
    get listeners() {
      return [...listeners.values()].reduce((sum, all) => sum + all.size, 0)
    },
  }
}
