import { createMetrics } from '@holdfast/runtime'
import { expect, test } from 'vitest'
import type { QueueFigures } from '../contracts/index.ts'
import { collectQueue } from './queue-metrics.ts'

test('shows what waits by kind, the oldest, and the breaker’s state', async () => {
  const metrics = createMetrics()
  const figures: QueueFigures = {
    pending: 3,
    retrying: 2,
    dead: 1,
    oldestMs: 4_200,
    breaker: 'half-open',
    nextProbeAt: null,
    error: 'OOM',
    inPerS: 0,
    outPerS: 0,
    writeMs: null,
    ofBound: 0.5,
  }
  collectQueue(metrics, () => figures)
  const text = await metrics.text()
  for (const line of [
    'holdfast_queue_entries{kind="pending"} 3',
    'holdfast_queue_entries{kind="retrying"} 2',
    'holdfast_queue_entries{kind="dead"} 1',
    'holdfast_dead_letters 1',
    'holdfast_queue_oldest_ms 4200',
    'holdfast_queue_of_bound 0.5',
    'holdfast_breaker_state{state="open"} 0',
    'holdfast_breaker_state{state="half-open"} 1',
    'holdfast_breaker_open 1',
  ])
    expect(text).toContain(line)
})
