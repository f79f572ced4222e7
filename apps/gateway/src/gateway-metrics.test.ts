import { createLogger, createMetrics } from '@holdfast/runtime'
import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { createGatewayMetrics } from './gateway-metrics.ts'

test('counts every failure, and logs one in five seconds for each part', async () => {
  const lines: string[] = []
  const logger = createLogger({ name: 'test', destination: { write: (line) => void lines.push(line) } })
  const clock = manualClock()
  const metrics = createMetrics()
  const seen = createGatewayMetrics(metrics, logger, clock)
  for (const part of ['redis', 'redis', 'kafka', 'redis'] as const) seen.trouble(part, 'away')
  await clock.advance(4_999)
  seen.trouble('redis', 'away')
  await clock.advance(1)
  seen.trouble('redis', 'away')
  expect(lines.map((line) => (line.includes('redis') ? 'redis' : 'kafka'))).toEqual(['redis', 'kafka', 'redis'])
  expect(await metrics.text()).toMatch(/holdfast_gateway_trouble_total\{part="redis"[^}]*\} 5/)
})
