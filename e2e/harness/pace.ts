/** Does something `times` times, one after the other, beginning one each `everyMs` where the one before is done by then. */
export async function pace<T>(times: number, everyMs: number, act: (number: number) => Promise<T>): Promise<T[]> {
  const startedAt = performance.now()
  const results: T[] = []
  for (let number = 1; number <= times; number++) {
    results.push(await act(number))
    if (number < times) await until(startedAt + number * everyMs)
  }
  return results
}

/** Resolves at this moment of the monotonic clock. For the pace of what a test does, never to wait for an effect. */
export function until(at: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())))
}

/** What share `p` of the sorted values does not exceed, rounded. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN)
}
