import type { Clock } from '@holdfast/runtime'

export type Attempt = { ok: true; counts(): void; over(): void } | { ok: false; waitMs: number }

export interface AttemptLimit {
  /** Counts one; or says after how many ms the next is let through, and counts nothing. */
  take(key: string): { ok: true } | { ok: false; waitMs: number }
  /** Begins one of which is known later whether it `counts`. It holds a place until then, or until it is `over` and does not. */
  begin(key: string): Attempt
  /** Forgets what was counted for a key. */
  clear(key: string): void
  readonly size: number
}

export interface AttemptLimitOptions {
  clock: Clock
  max: number
  windowMs: number
  /** Each time the limit is hit again the wait doubles, up to this; without it the wait is what is left of the window. */
  waitMsMax?: number
  keysMax?: number
}

interface Counted {
  /** When each was counted, monotonic, oldest first; at most `max`. */
  at: number[]
  underWay: number
  blockedUntil: number
  blocks: number
  touchedAt: number
}

const KEYS_MAX = 10_000
/** Only those under way are in the way: they will not be for long. */
const UNDER_WAY_WAIT_MS = 1_000

/**
 * At most `max` in any `windowMs` for each key, in this process's memory: it needs no Redis, and a console has one process.
 * With more than `keysMax` keys the one that was quiet longest is forgotten, so that strangers cannot fill the memory.
 */
export function createAttemptLimit(options: AttemptLimitOptions): AttemptLimit {
  const { clock, max, windowMs, waitMsMax = 0, keysMax = KEYS_MAX } = options
  const counted = new Map<string, Counted>()

  const of = (key: string, now: number): Counted => {
    const found = counted.get(key) ?? { at: [], underWay: 0, blockedUntil: 0, blocks: 0, touchedAt: now }
    // Blocks are remembered for as long as the longest of them.
    if (now - found.touchedAt > Math.max(windowMs, waitMsMax)) found.blocks = 0
    found.touchedAt = now
    found.at = found.at.filter((at) => now - at < windowMs)
    // Last again in the order of the map.
    counted.delete(key)
    counted.set(key, found)
    for (const quietest of counted.keys()) {
      if (counted.size <= keysMax) break
      counted.delete(quietest)
    }
    return found
  }

  /** How long the next of this key has to wait; 0: not at all. */
  const waitOf = (found: Counted, now: number): number => {
    if (found.blockedUntil > now) return found.blockedUntil - now
    const [oldest] = found.at
    if (found.at.length >= max && oldest !== undefined) {
      const growing = waitMsMax === 0 ? 0 : Math.min(waitMsMax, windowMs * 2 ** found.blocks)
      found.blocks += 1
      found.blockedUntil = Math.max(oldest + windowMs, now + growing)
      return found.blockedUntil - now
    }
    return found.at.length + found.underWay >= max ? UNDER_WAY_WAIT_MS : 0
  }

  return {
    take(key) {
      const now = clock.monotonic()
      const found = of(key, now)
      const waitMs = waitOf(found, now)
      if (waitMs > 0) return { ok: false, waitMs }
      found.at.push(now)
      return { ok: true }
    },
    begin(key) {
      const now = clock.monotonic()
      const found = of(key, now)
      const waitMs = waitOf(found, now)
      if (waitMs > 0) return { ok: false, waitMs }
      found.underWay += 1
      const over = (): void => {
        found.underWay -= 1
      }
      const counts = (): void => {
        over()
        found.at.push(clock.monotonic())
      }
      return { ok: true, counts, over }
    },
    clear: (key) => void counted.delete(key),
    get size() {
      return counted.size
    },
  }
}
