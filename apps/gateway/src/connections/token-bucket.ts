export interface TokenBucket {
  /** Takes one, where there is one. `now`: monotonic ms. */
  take(now: number): boolean
}

/** So many at once, then so many a second. */
export function createTokenBucket({ burst, perSecond }: { burst: number; perSecond: number }): TokenBucket {
  let tokens = burst
  let filledAt = 0
  return {
    take(now) {
      tokens = Math.min(burst, tokens + ((now - filledAt) * perSecond) / 1_000)
      filledAt = now
      if (tokens < 1) return false
      tokens--
      return true
    },
  }
}
