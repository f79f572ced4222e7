import type { Sid } from '../contracts/index.ts'

/** Hashes a second, at most: 2 % of what one Redis can do, with 10,000 sessions. */
const HASHES_PER_S = 2_000
/** Every hash is read within this, up to 16,000 sessions; with few sessions sooner, at a rate that costs nothing. */
const ROUND_MS = 8_000
const SHORT_ROUND_MS = 4_000
const SHORT_ROUND_SESSIONS = 4_000
/** A suspect is read again after this. */
const SUSPECT_MS = 1_000
/** What was read lately for another reason needs no round: it is due again after so much of one. */
const DUE_AFTER = 0.7
const ROUND_HASTE = 0.9
/** However much changes, so much of the rate is left to the round: what was edited by hand changes no version. */
const ROUND_SHARE = 0.25

export interface ReadingSchedule {
  /** Has to be read in its turn. */
  add(sid: Sid): void
  remove(sid: Sid): void
  /** Read as soon as the rate allows: its version has changed, or somebody asks. */
  hurry(sid: Sid): void
  /** Looked at each second until it is cleared. */
  suspect(sid: Sid, isSuspect: boolean): void
  /** What to read now, for a tick of `tickMs`; it counts as read at `now`. */
  take(now: number, tickMs: number): Sid[]
  /** Since the oldest reading of all, ms; 0 for none, Infinity while one was never read. */
  oldestMs(now: number): number
  readonly size: number
}

/** Which hashes to read when. Pure: times are given, monotonic. */
export function createReadingSchedule(): ReadingSchedule {
  /** By the time of the last reading, oldest first: a reading moves its session to the end. */
  const readAt = new Map<Sid, number>()
  const hurried = new Set<Sid>()
  const suspects = new Set<Sid>()

  const note = (sid: Sid, now: number, taken: Sid[]): void => {
    readAt.delete(sid)
    readAt.set(sid, now)
    hurried.delete(sid)
    // To the end of those too: however many there are, each has its turn.
    if (suspects.delete(sid)) suspects.add(sid)
    taken.push(sid)
  }

  /** Gathered first, for a reading moves its session to the end of what is walked here. */
  const takeFrom = (sids: Iterable<Sid>, budget: number, now: number, taken: Sid[]): void => {
    const due: Sid[] = []
    if (budget > 0)
      for (const sid of sids) {
        due.push(sid)
        if (due.length === budget) break
      }
    for (const sid of due) note(sid, now, taken)
  }

  function* readBefore(time: number): Iterable<Sid> {
    for (const [sid, at] of readAt) {
      if (at > time) return
      yield sid
    }
  }

  function* suspectsReadBefore(time: number): Iterable<Sid> {
    for (const sid of suspects) if ((readAt.get(sid) ?? Number.NEGATIVE_INFINITY) <= time) yield sid
  }

  return {
    add(sid) {
      if (!readAt.has(sid)) hurried.add(sid)
    },
    remove(sid) {
      readAt.delete(sid)
      hurried.delete(sid)
      suspects.delete(sid)
    },
    hurry: (sid) => void hurried.add(sid),
    suspect(sid, isSuspect) {
      if (isSuspect) suspects.add(sid)
      else suspects.delete(sid)
    },
    take(now, tickMs) {
      const budget = Math.floor((HASHES_PER_S * tickMs) / 1_000)
      const roundMs = readAt.size <= SHORT_ROUND_SESSIONS ? SHORT_ROUND_MS : ROUND_MS
      // A share of the whole each tick, so that a round is a steady stream and no burst; a little more, for what falls behind.
      const forRound = Math.min(budget, Math.ceil((readAt.size * tickMs) / (roundMs * ROUND_HASTE)))
      const roundDue = (): Iterable<Sid> => readBefore(now - roundMs * DUE_AFTER)
      const taken: Sid[] = []
      const left = (most: number): number => Math.min(most, budget) - taken.length
      takeFrom(roundDue(), left(Math.min(forRound, Math.ceil(budget * ROUND_SHARE))), now, taken)
      takeFrom(hurried, left(budget), now, taken)
      takeFrom(roundDue(), left(forRound), now, taken)
      takeFrom(suspectsReadBefore(now - SUSPECT_MS), left(budget), now, taken)
      return taken
    },
    oldestMs(now) {
      if (hurried.size > 0) for (const sid of hurried) if (!readAt.has(sid)) return Number.POSITIVE_INFINITY
      const [oldest] = readAt.values()
      return oldest === undefined ? 0 : now - oldest
    },
    get size() {
      return readAt.size
    },
  }
}
