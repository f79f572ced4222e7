import { messageOf } from '../errors.ts'

export type WaitOptions = {
  /** Give up after this long; 5 s when not given. */
  timeoutMs?: number
  /** Between two looks; 20 ms when not given. */
  everyMs?: number
  /** What is waited for, in words; the error says it. */
  what: string
}

type Falsy = false | null | undefined | 0 | ''

/**
 * Looks until `predicate` gives something truthy, and returns that. A predicate that throws counts as "not yet"; what
 * it threw last is in the error when time is up. In real time: for what a manual clock cannot reach (processes, sockets).
 */
export async function waitUntil<T>(
  predicate: () => T | Falsy | Promise<T | Falsy>,
  { timeoutMs = 5_000, everyMs = 20, what }: WaitOptions,
): Promise<T> {
  const endMs = performance.now() + timeoutMs
  let lastError: unknown
  for (;;) {
    try {
      const value = await predicate()
      if (value) return value
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (performance.now() >= endMs) {
      const seen = lastError === undefined ? '' : `; last error: ${messageOf(lastError)}`
      throw new Error(`not within ${timeoutMs} ms: ${what}${seen}`, { cause: lastError })
    }
    await new Promise<void>((resolve) => setTimeout(resolve, everyMs))
  }
}
