import type { Clock } from '@holdfast/runtime'
import type { CloseReason, Sid, WaitingWrite } from '../contracts/index.ts'

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
  /** The gateway's fields too, where Redis still has its connection as it was seen (`seenConnection`). */
  rewrite: string | null
  /** Since when, monotonic ms. */
  since: number
  /** Failed tries so far. */
  attempts: number
  error: string | null
}

export type Taken = ReadonlyMap<Sid, DirtyEntry>

export interface DirtySet {
  mark(sid: Sid, field: string): void
  markWhole(sid: Sid): void
  markEnded(sid: Sid, ending: Ending): void
  /** A wizard has ordered to write the gateway's fields, which no gateway can. */
  markRewrite(sid: Sid, seen: string): void
  /** Sessions that Redis has not acknowledged, those of a flush under way included. */
  readonly size: number
  /** Whether `size` is 0, without counting: asked ten times a second for each partition. */
  readonly isEmpty: boolean
  /** What the next flush would take. */
  entries(): ReadonlyMap<Sid, DirtyEntry>
  /** Fields of a session that Redis has not acknowledged; `*` for all of them. */
  pendingFields(sid: Sid): readonly string[]
  /** The same as others are told it; null where Redis has acknowledged everything. */
  waiting(sid: Sid): WaitingWrite | null
  /**
   * Takes everything out, for one flush; what is marked meanwhile makes new entries. Two flushes may overlap for a
   * moment (a life of ownership that ends, and the next one that keeps its memory): each gives back what it took.
   */
  take(): Taken
  /** Redis has acknowledged what was taken. */
  settle(taken: Taken): void
  /**
   * Puts back what was taken; newer marks and ages are kept, values are read again at the next flush. `error`: why a
   * try failed; null where none was made.
   */
  putBack(taken: Taken, error: string | null): void
}

/**
 * What Redis has not acknowledged: sid -> fields, not an operation log. The value is read when it is flushed, so
 * coalescing is free, memory is bounded by the number of sessions (S11), and a retry cannot bring an old value back.
 */
export function createDirtySet(clock: Clock): DirtySet {
  let entries = new Map<Sid, DirtyEntry>()
  const underWay = new Set<Taken>()

  const entryOf = (sid: Sid): DirtyEntry => {
    let entry = entries.get(sid)
    if (!entry) {
      entry = {
        fields: new Set(),
        whole: false,
        ending: null,
        rewrite: null,
        since: clock.monotonic(),
        attempts: 0,
        error: null,
      }
      entries.set(sid, entry)
    }
    return entry
  }

  const entriesOf = (sid: Sid): DirtyEntry[] =>
    [entries, ...underWay].map((some) => some.get(sid)).filter((entry) => entry !== undefined)

  const set: DirtySet = {
    mark(sid, field) {
      entryOf(sid).fields.add(field)
    },
    markWhole(sid) {
      entryOf(sid).whole = true
    },
    markEnded(sid, ending) {
      entryOf(sid).ending = ending
    },
    markRewrite(sid, seen) {
      entryOf(sid).rewrite = seen
    },
    get size() {
      const sids = new Set(entries.keys())
      for (const taken of underWay) for (const sid of taken.keys()) sids.add(sid)
      return sids.size
    },
    get isEmpty() {
      if (entries.size > 0) return false
      for (const taken of underWay) if (taken.size > 0) return false
      return true
    },
    entries: () => entries,
    pendingFields(sid) {
      const all = entriesOf(sid)
      if (all.some(({ whole, rewrite }) => whole || rewrite !== null)) return ['*']
      return [...new Set(all.flatMap(({ fields }) => [...fields]))]
    },
    waiting(sid) {
      const all = entriesOf(sid)
      if (all.length === 0) return null
      const since = Math.min(...all.map((entry) => entry.since))
      return {
        fields: [...set.pendingFields(sid)],
        since: Math.round(clock.now() - (clock.monotonic() - since)),
        attempts: Math.max(...all.map(({ attempts }) => attempts)),
        nextAt: null,
        error: all.find(({ error }) => error !== null)?.error ?? null,
        isDead: false,
      }
    },
    take() {
      const taken = entries
      entries = new Map()
      underWay.add(taken)
      return taken
    },
    settle: (taken) => void underWay.delete(taken),
    putBack(taken, error) {
      underWay.delete(taken)
      for (const [sid, old] of taken) {
        const entry = entryOf(sid)
        for (const field of old.fields) entry.fields.add(field)
        entry.whole ||= old.whole
        entry.ending ??= old.ending
        entry.rewrite ??= old.rewrite
        entry.since = Math.min(entry.since, old.since)
        entry.attempts = old.attempts + (error === null ? 0 : 1)
        entry.error = error ?? old.error
      }
    },
  }
  return set
}
