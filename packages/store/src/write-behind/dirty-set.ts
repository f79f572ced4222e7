import type { Clock } from '@holdfast/runtime'
import type { CloseReason, Sid } from '../contracts/index.ts'

/** A session that ended: its record is deleted and tombstoned by the next flush. */
export interface Ending {
  connectionEpoch: number
  reason: CloseReason
  /** Epoch ms. */
  at: number
}

export interface DirtyEntry {
  /** Hash fields that differ from what Redis acknowledged. */
  fields: Set<string>
  /** Redis may have no record: write all of it. */
  whole: boolean
  ending: Ending | null
  /** Since when, monotonic ms. */
  since: number
  /** Failed tries so far. */
  attempts: number
  error: string | null
}

export interface DirtySet {
  mark(sid: Sid, field: string): void
  markWhole(sid: Sid): void
  markEnded(sid: Sid, ending: Ending): void
  readonly size: number
  entries(): ReadonlyMap<Sid, DirtyEntry>
  pendingFields(sid: Sid): readonly string[]
  /** Takes everything out, for one flush. What is marked meanwhile makes new entries. */
  take(): Map<Sid, DirtyEntry>
  /** Puts back what a flush did not store; newer marks and ages are kept, values are read again at the next flush. */
  putBack(taken: ReadonlyMap<Sid, DirtyEntry>, error: string): void
}

/**
 * What Redis has not acknowledged: sid -> fields, not an operation log. The value is read when it is flushed, so
 * coalescing is free, memory is bounded by the number of sessions (S11), and a retry cannot bring an old value back.
 */
export function createDirtySet(clock: Clock): DirtySet {
  let entries = new Map<Sid, DirtyEntry>()

  const entryOf = (sid: Sid): DirtyEntry => {
    let entry = entries.get(sid)
    if (!entry) {
      entry = { fields: new Set(), whole: false, ending: null, since: clock.monotonic(), attempts: 0, error: null }
      entries.set(sid, entry)
    }
    return entry
  }

  return {
    mark(sid, field) {
      entryOf(sid).fields.add(field)
    },
    markWhole(sid) {
      entryOf(sid).whole = true
    },
    markEnded(sid, ending) {
      entryOf(sid).ending = ending
    },
    get size() {
      return entries.size
    },
    entries: () => entries,
    pendingFields(sid) {
      const entry = entries.get(sid)
      if (!entry) return []
      return entry.whole ? ['*'] : [...entry.fields]
    },
    take() {
      const taken = entries
      entries = new Map()
      return taken
    },
    putBack(taken, error) {
      for (const [sid, old] of taken) {
        const entry = entryOf(sid)
        for (const field of old.fields) entry.fields.add(field)
        entry.whole ||= old.whole
        entry.ending ??= old.ending
        entry.since = Math.min(entry.since, old.since)
        entry.attempts = old.attempts + 1
        entry.error = error
      }
    },
  }
}
