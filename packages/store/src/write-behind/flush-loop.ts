import type { Clock } from '@holdfast/runtime'
import type { PartitionFlusher } from './partition-flusher.ts'

/** How often partitions are looked at: a change is in Redis about this long after it was made, at most 250 ms. */
const FLUSH_TICK_MS = 100
/** Flushes at once in one process; each is one call with all that is dirty in its partition. */
const FLUSHES_AT_ONCE = 8

export interface FlushLoop {
  /** Flushes all partitions now, due or not, and resolves when each has tried once. */
  flushAll(): Promise<void>
  close(): void
}

/** Starts every due flush, the partitions in turn, FLUSHES_AT_ONCE at most. */
export function startFlushLoop(clock: Clock, flushers: () => Iterable<PartitionFlusher>): FlushLoop {
  let running = 0
  let waiting: PartitionFlusher[] = []

  const startNext = (): void => {
    while (running < FLUSHES_AT_ONCE) {
      const flusher = waiting.shift()
      if (!flusher) return
      if (!flusher.isDue()) continue
      running++
      void flusher.flush().finally(() => {
        running--
        startNext()
      })
    }
  }
  const timer = clock.setInterval(() => {
    if (waiting.length === 0) waiting = [...flushers()] // else the last ones would never have their turn
    startNext()
  }, FLUSH_TICK_MS)

  return {
    async flushAll() {
      await Promise.all([...flushers()].map((flusher) => flusher.flush()))
    },
    close: () => timer.cancel(),
  }
}
