import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('gives every metric the prefix and the default labels', async () => {
  const metrics = createMetrics({ defaultLabels: { process: 'gateway-0' } })
  metrics.counter('lines_total', 'Lines.', ['result']).inc({ result: 'kept' }, 2)
  metrics.gauge('sessions', 'Sessions.', [], (gauge) => gauge.set(7))
  metrics.histogram('flush_ms', 'Flush.').observe(3)
  const text = await metrics.text()
  expect(text).toContain('holdfast_lines_total{result="kept",process="gateway-0"} 2')
  expect(text).toContain('holdfast_sessions{process="gateway-0"} 7')
  expect(text).toContain('holdfast_flush_ms_count{process="gateway-0"} 1')
  expect(text).toContain('holdfast_process_resident_memory_bytes')
})

test('gives the same metric when asked twice, and refuses another kind', () => {
  const metrics = createMetrics()
  const first = metrics.counter('asked_total', 'Asked.', ['key'])
  expect(metrics.counter('asked_total', 'Asked.', ['key'])).toBe(first)
  expect(metrics.counter('holdfast_asked_total', 'Asked.', ['key'])).toBe(first)
  expect(() => metrics.gauge('asked_total', 'Asked.')).toThrow('another kind')
})

test('keeps two registries in one process apart', async () => {
  createMetrics().counter('mine_total', 'Mine.').inc()
  expect(await createMetrics().text()).not.toContain('holdfast_mine_total')
})
