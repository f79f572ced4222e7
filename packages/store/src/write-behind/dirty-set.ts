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
  /** It was a dead letter and is tried again: it flies alone, so that it holds nobody else up. */
  isSuspect: boolean
}

export type Taken = ReadonlyMap<Sid, DirtyEntry>

export interface DirtySet {
  mark(sid: Sid, field: string): void
  markWhole(sid: Sid): void
  markEnded(sid: Sid, ending: Ending): void
  /** A wizard has ordered to write the gateway's fields, which no gateway can. */
  markRewrite(sid: Sid, seen: string): void
  /** Sessions that Redis has not acknowledged and that are tried, those of a flush under way included. */
  readonly size: number
  /** Whether `size` is 0, without counting: asked ten times a second for each partition. */
  readonly isEmpty: boolean
  /** Whether anything of the session waits, dead letters included. */
  has(sid: Sid): boolean
  /** What the next flush would take. */
  entries(): ReadonlyMap<Sid, DirtyEntry>
  /** All that is tried: what the next flush would take, and what a flush has under way. */
  tried(): Iterable<[Sid, DirtyEntry]>
  /** What Redis refuses for good. Each stays here, untried, until it is changed, revived, given up, or its session ends. */
  deadLetters(): ReadonlyMap<Sid, DirtyEntry>
  /** Fields of a session that Redis has not acknowledged, dead letters included; `*` for all of them. */
  pendingFields(sid: Sid): readonly string[]
  /** The same as others are told it; null where Redis has acknowledged everything. `nextAt`: of the next try, epoch ms. */
  waiting(sid: Sid, nextAt?: number | null): WaitingWrite | null
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
  /**
   * Redis refuses this one of `taken` for good. Returns the dead letter; null where the session was changed meanwhile:
   * then it is dirty again, and is tried with its present values.
   */
  bury(taken: Taken, sid: Sid, error: string): DirtyEntry | null
  /** Has a dead letter tried again. False for none. */
  revive(sid: Sid): boolean
  /** Gives a dead letter up: memory and Redis differ from now on. Null for none. */
  giveUp(sid: Sid): DirtyEntry | null
  /** The session is no more and leaves nothing to write. */
  forget(sid: Sid): void
}

/**
 * What Redis has not acknowledged: sid -> fields, not an operation log. The value is read when it is flushed, so
 * coalescing is free, memory is bounded by the number of sessions (S11), and a retry cannot bring an old value back.
 */
export function createDirtySet(clock: Clock): DirtySet {
  return new SessionsDirty(clock)
}

/** A class, as the session map is: a mark is on the way of every change. */
class SessionsDirty implements DirtySet {
  readonly #clock: Clock
  #entries = new Map<Sid, DirtyEntry>()
  readonly #underWay = new Set<Map<Sid, DirtyEntry>>()
  readonly #dead = new Map<Sid, DirtyEntry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  mark(sid: Sid, field: string): void {
    this.#entryOf(sid).fields.add(field)
  }

  markWhole(sid: Sid): void {
    this.#entryOf(sid).whole = true
  }

  markEnded(sid: Sid, ending: Ending): void {
    this.#entryOf(sid).ending = ending
  }

  markRewrite(sid: Sid, seen: string): void {
    this.#entryOf(sid).rewrite = seen
  }

  get size(): number {
    const sids = new Set(this.#entries.keys())
    for (const taken of this.#underWay) for (const sid of taken.keys()) sids.add(sid)
    return sids.size
  }

  get isEmpty(): boolean {
    if (this.#entries.size > 0) return false
    for (const taken of this.#underWay) if (taken.size > 0) return false
    return true
  }

  has(sid: Sid): boolean {
    if (this.#entries.has(sid) || this.#dead.has(sid)) return true
    for (const taken of this.#underWay) if (taken.has(sid)) return true
    return false
  }

  entries(): ReadonlyMap<Sid, DirtyEntry> {
    return this.#entries
  }

  *tried(): Iterable<[Sid, DirtyEntry]> {
    yield* this.#entries
    for (const taken of this.#underWay)
      for (const [sid, entry] of taken) if (!this.#entries.has(sid)) yield [sid, entry]
  }

  deadLetters(): ReadonlyMap<Sid, DirtyEntry> {
    return this.#dead
  }

  pendingFields(sid: Sid): readonly string[] {
    const all = this.#entriesOf(sid)
    if (all.some(({ whole, rewrite }) => whole || rewrite !== null)) return ['*']
    return [...new Set(all.flatMap(({ fields }) => [...fields]))]
  }

  waiting(sid: Sid, nextAt: number | null = null): WaitingWrite | null {
    const all = this.#entriesOf(sid)
    if (all.length === 0) return null
    const since = Math.min(...all.map((entry) => entry.since))
    const isDead = this.#dead.has(sid)
    return {
      fields: [...this.pendingFields(sid)],
      since: Math.round(this.#clock.now() - (this.#clock.monotonic() - since)),
      attempts: Math.max(...all.map(({ attempts }) => attempts)),
      nextAt: isDead ? null : nextAt,
      error: all.find(({ error }) => error !== null)?.error ?? null,
      isDead,
    }
  }

  take(): Taken {
    const taken = this.#entries
    this.#entries = new Map()
    this.#underWay.add(taken)
    return taken
  }

  settle(taken: Taken): void {
    for (const some of this.#underWay) if (some === taken) this.#underWay.delete(some)
  }

  putBack(taken: Taken, error: string | null): void {
    this.settle(taken)
    for (const [sid, old] of taken) {
      this.revive(sid) // buried by another flush meanwhile; what comes back is as new as that
      this.#putBackOne(sid, old, error)
    }
  }

  bury(taken: Taken, sid: Sid, error: string): DirtyEntry | null {
    const old = taken.get(sid)
    for (const some of this.#underWay) if (some === taken) some.delete(sid)
    if (!old) return null
    if (this.#entries.has(sid)) {
      this.#putBackOne(sid, { ...old, isSuspect: true }, error)
      return null
    }
    const letter: DirtyEntry = { ...old, attempts: old.attempts + 1, error, isSuspect: true }
    this.#dead.set(sid, letter)
    return letter
  }

  revive(sid: Sid): boolean {
    const letter = this.#dead.get(sid)
    if (!letter) return false
    this.#dead.delete(sid)
    this.#putBackOne(sid, letter, null)
    return true
  }

  giveUp(sid: Sid): DirtyEntry | null {
    const letter = this.#dead.get(sid) ?? null
    this.#dead.delete(sid)
    return letter
  }

  forget(sid: Sid): void {
    this.#dead.delete(sid)
    this.#entries.delete(sid)
  }

  #entryOf(sid: Sid): DirtyEntry {
    return this.#entries.get(sid) ?? this.#begin(sid)
  }

  #begin(sid: Sid): DirtyEntry {
    // A change of a session makes its dead letter worth another try: what Redis refused may be what has changed.
    const letter = this.#dead.size === 0 ? undefined : this.#dead.get(sid)
    if (letter) this.#dead.delete(sid)
    const entry: DirtyEntry = letter ?? {
      fields: new Set(),
      whole: false,
      ending: null,
      rewrite: null,
      since: this.#clock.monotonic(),
      attempts: 0,
      error: null,
      isSuspect: false,
    }
    this.#entries.set(sid, entry)
    return entry
  }

  #entriesOf(sid: Sid): DirtyEntry[] {
    const places = [this.#entries, ...this.#underWay, this.#dead]
    return places.map((some) => some.get(sid)).filter((entry) => entry !== undefined)
  }

  /** Adds what an older entry of the session says to the newer one; ages and tries are kept. */
  #putBackOne(sid: Sid, old: DirtyEntry, error: string | null): void {
    const newer = this.#entries.get(sid)
    const attempts = old.attempts + (error === null ? 0 : 1)
    const seen = { attempts, error: error ?? old.error, isSuspect: old.isSuspect || newer?.isSuspect === true }
    if (!newer) {
      this.#entries.set(sid, { ...old, ...seen })
      return
    }
    for (const field of old.fields) newer.fields.add(field)
    newer.whole ||= old.whole
    newer.ending ??= old.ending
    newer.rewrite ??= old.rewrite
    newer.since = Math.min(newer.since, old.since)
    Object.assign(newer, seen)
  }
}
