import type { Limits } from './limits.ts'
import { createTokenBucket } from './token-bucket.ts'

export interface InputGate {
  /** A line has come. `now`: it may go on; `queued`: it waits for its turn; `full`: it was dropped, there are too many. */
  offer(line: string, now: number): 'now' | 'queued' | 'full'
  /** The next line whose turn has come, in order; undefined for none. */
  next(now: number): string | undefined
  /** Lines that wait. */
  readonly size: number
  /** Forgets those that wait. */
  clear(): void
}

/** A token bucket with a bounded queue behind it: lines keep their order. Times in monotonic ms. */
export function createInputGate({
  inputBurst,
  inputPerSecond,
  inputQueueMax,
}: Pick<Limits, 'inputBurst' | 'inputPerSecond' | 'inputQueueMax'>): InputGate {
  const waiting: string[] = []
  const bucket = createTokenBucket({ burst: inputBurst, perSecond: inputPerSecond })

  return {
    offer(line, now) {
      if (waiting.length === 0 && bucket.take(now)) return 'now'
      if (waiting.length >= inputQueueMax) return 'full'
      waiting.push(line)
      return 'queued'
    },
    next: (now) => (waiting.length > 0 && bucket.take(now) ? waiting.shift() : undefined),
    get size() {
      return waiting.length
    },
    clear() {
      waiting.length = 0
    },
  }
}
