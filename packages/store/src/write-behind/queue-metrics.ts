import type { Metrics } from '@holdfast/runtime'
import { breakerStateSchema, type QueueFigures } from '../contracts/index.ts'

const STATES = breakerStateSchema.options

/** A process's write-behind for Prometheus: the figures of its beats, under the same names in every role. */
export function collectQueue(metrics: Metrics, figures: () => QueueFigures): void {
  metrics.gauge('queue_entries', 'Sessions that Redis has not acknowledged', ['kind'], (gauge) => {
    const { pending, retrying, dead } = figures()
    for (const [kind, count] of Object.entries({ pending, retrying, dead })) gauge.set({ kind }, count)
  })
  metrics.gauge('dead_letters', 'Sessions that Redis refuses for good', [], (gauge) => gauge.set(figures().dead))
  metrics.gauge('queue_oldest_ms', 'How long the oldest write has waited, ms', [], (gauge) =>
    gauge.set(figures().oldestMs),
  )
  metrics.gauge('queue_of_bound', 'Memory that waits of its bound, 0 to 1', [], (gauge) => gauge.set(figures().ofBound))
  metrics.gauge('breaker_state', 'Between writes and Redis: 1 for the state it is in', ['state'], (gauge) => {
    for (const state of STATES) gauge.set({ state }, Number(state === figures().breaker))
  })
  metrics.gauge('breaker_open', '1 while the breaker keeps writes from Redis', [], (gauge) =>
    gauge.set(figures().breaker === 'closed' ? 0 : 1),
  )
}
