import type { Clock } from '@holdfast/runtime'
import type { QueueFigures } from '../contracts/index.ts'
import type { Breaker } from './breaker.ts'
import type { DirtySet } from './dirty-set.ts'

export interface QueueFiguresOptions {
  clock: Clock
  breaker: Breaker
  /** The dirty sets of the partitions this process owns, and how many sessions each partition has. */
  queues: () => Iterable<{ dirty: DirtySet; sessions: number }>
}

/** What this process's write-behind holds, for its beats. */
export function createQueueFigures({ clock, breaker, queues }: QueueFiguresOptions): () => QueueFigures {
  return () => {
    const now = clock.monotonic()
    let [pending, retrying, oldestMs, sessions] = [0, 0, 0, 0]
    let error: string | null = null
    for (const queue of queues()) {
      sessions += queue.sessions
      for (const entry of queue.dirty.entries().values()) {
        if (entry.attempts > 0) retrying++
        else pending++
        oldestMs = Math.max(oldestMs, Math.round(now - entry.since))
        error ??= entry.error
      }
    }
    return {
      pending,
      retrying,
      dead: 0,
      oldestMs,
      breaker: breaker.state,
      nextProbeAt: breaker.nextProbeAt === null ? null : Math.round(clock.now() + breaker.nextProbeAt - now),
      error,
      inPerS: 0,
      outPerS: 0,
      writeMs: null,
      ofBound: sessions === 0 ? 0 : Math.min(1, (pending + retrying) / sessions),
    }
  }
}
