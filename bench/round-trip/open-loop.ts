import { percentile } from '../measure.ts'

export type Load = { perSecond: number; warmUpMs: number; measureMs: number }

/** Latencies in ms of what was sent after the warm-up. */
export type Latencies = { p50: number; p99: number; count: number }

const TICK_MS = 1

/**
 * Sends at an even rate whatever comes back, so that a slow answer does not slow the asking down. `send` gets 0, 1, 2 ...
 * Resolves with how many were sent when all are.
 */
export function sendEvenly({ perSecond, warmUpMs, measureMs }: Load, send: (number: number) => void): Promise<number> {
  const total = Math.round((perSecond * (warmUpMs + measureMs)) / 1_000)
  const startedAt = performance.now()
  let sent = 0
  return new Promise((resolve) => {
    const tick = (): void => {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000))
      while (sent < due) send(sent++)
      if (sent < total) setTimeout(tick, TICK_MS)
      else resolve(total)
    }
    tick()
  })
}

/** The first number that counts. */
export const firstCounted = ({ perSecond, warmUpMs }: Load): number => Math.round((perSecond * warmUpMs) / 1_000)

export function latenciesOf(values: readonly number[]): Latencies {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), count: values.length }
}

/** Six digits that a line or a message carries. */
export const numberText = (number: number): string => String(number).padStart(6, '0')
