import type { Clock } from '@holdfast/runtime'
import type { HandleCounter } from '../redis/handle-counter.ts'

const LOOK_MS = 1_000

/**
 * Keeps Redis's counter of handles above the handles of all sessions that this server knows. The claims in the log alone see
 * to it that no handle is given twice (handle-lease.ts); this holds for sessions too whose blocks were never claimed there.
 */
export function keepHandleFloor(options: {
  clock: Clock
  counter: Pick<HandleCounter, 'raise'>
  /** The highest handle of any session known. */
  highest: () => number
  isRedisUp: () => boolean
  onFailed: (error: unknown) => void
}): { close(): void } {
  const { clock, counter, highest, isRedisUp, onFailed } = options
  let running = false
  const timer = clock.setInterval(() => {
    if (running || !isRedisUp() || highest() === 0) return
    running = true
    counter
      .raise(highest())
      .catch(onFailed)
      .finally(() => {
        running = false
      })
  }, LOOK_MS)
  return { close: () => timer.cancel() }
}
