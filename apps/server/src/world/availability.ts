import type { Clock, Timer } from '@holdfast/runtime'

/**
 * Whether Postgres answers, kept in memory: the world's breaker. It opens when a probe, or whoever used Postgres in vain
 * for the whole of its wait, says so; it closes when a probe succeeds. While it is closed a probe each PROBE_IDLE_MS
 * keeps `/readyz` true though nobody plays; while it is open one each PROBE_AWAY_MS finds the end of the outage.
 */
export interface Availability {
  isAvailable(): boolean
  /** Postgres did not answer within its wait. */
  lost(): void
  /** Waits until Postgres answers: true at once when it does, false after `ms`. Rejects when `signal` fires. */
  untilAvailable(ms: number, signal?: AbortSignal): Promise<boolean>
  /** Stops the probes; who waits is told false. */
  close(): void
}

export interface AvailabilityOptions {
  /** Resolves true where Postgres answers; must end by itself. Never rejects. */
  probe: () => Promise<boolean>
  clock: Clock
  /** Told at each change. */
  changed: (available: boolean) => void
}

export const PROBE_IDLE_MS = 2_000
export const PROBE_AWAY_MS = 250

export function createAvailability({ probe, clock, changed }: AvailabilityOptions): Availability {
  let available = true
  let closed = false
  let timer: Timer | undefined
  const waiting = new Set<(available: boolean) => void>()

  const become = (next: boolean): void => {
    if (closed || next === available) return
    available = next
    changed(next)
    // What waits for the next idle probe would find the end of the outage late.
    if (timer) schedule()
    if (next) for (const wake of [...waiting]) wake(true)
  }
  const look = async (): Promise<void> => {
    timer = undefined
    become(await probe())
    if (!closed) schedule()
  }
  const schedule = (): void => {
    timer?.cancel()
    timer = clock.setTimeout(() => void look(), available ? PROBE_IDLE_MS : PROBE_AWAY_MS)
  }
  schedule()

  return {
    isAvailable: () => available,
    lost: () => become(false),
    untilAvailable(ms, signal) {
      if (available) return Promise.resolve(true)
      const { promise, resolve, reject } = Promise.withResolvers<boolean>()
      if (signal?.aborted) reject(signal.reason)
      const deadline = clock.setTimeout(() => resolve(false), ms)
      const abort = (): void => reject(signal?.reason)
      signal?.addEventListener('abort', abort)
      waiting.add(resolve)
      return promise.finally(() => {
        deadline.cancel()
        signal?.removeEventListener('abort', abort)
        waiting.delete(resolve)
      })
    },
    close() {
      closed = true
      timer?.cancel()
      for (const wake of [...waiting]) wake(false)
    },
  }
}
