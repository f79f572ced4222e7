import type { Clock } from '@holdfast/runtime'

export interface AttemptLimit {
  /** Counts one; or says after how many ms the next is let through, and counts nothing. */
  take(key: string): { ok: true; giveBack(): void } | { ok: false; waitMs: number }
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
  blockedUntil: number
  blocks: number
  touchedAt: number
}

const KEYS_MAX = 10_000

/**
 * At most `max` in any `windowMs` for each key, in this process's memory: it needs no Redis, and a console has one process.
 * With more than `keysMax` keys the one that was quiet longest is forgotten, so that strangers cannot fill the memory.
 */
export function createAttemptLimit(options: AttemptLimitOptions): AttemptLimit {
  const { clock, max, windowMs, waitMsMax = 0, keysMax = KEYS_MAX } = options
  const counted = new Map<string, Counted>()

  const of = (key: string, now: number): Counted => {
    const found = counted.get(key) ?? { at: [], blockedUntil: 0, blocks: 0, touchedAt: now }
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

  return {
    take(key) {
      const now = clock.monotonic()
      const found = of(key, now)
      const [oldest] = found.at
      if (found.blockedUntil > now) return { ok: false, waitMs: found.blockedUntil - now }
      if (found.at.length >= max && oldest !== undefined) {
        const growing = waitMsMax === 0 ? 0 : Math.min(waitMsMax, windowMs * 2 ** found.blocks)
        found.blocks += 1
        found.blockedUntil = Math.max(oldest + windowMs, now + growing)
        return { ok: false, waitMs: found.blockedUntil - now }
      }
      found.at.push(now)
      const giveBack = (): void => {
        const index = found.at.indexOf(now)
        if (index >= 0) found.at.splice(index, 1)
      }
      return { ok: true, giveBack }
    },
    clear: (key) => void counted.delete(key),
    get size() {
      return counted.size
    },
  }
}
