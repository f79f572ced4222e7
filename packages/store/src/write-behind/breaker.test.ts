import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { backOffMs } from './back-off.ts'
import { createBreaker } from './breaker.ts'

const opened = (random = 0) => {
  const clock = manualClock()
  const breaker = createBreaker(clock, () => random)
  for (let i = 0; i < 3; i++) breaker.failed()
  return { clock, breaker }
}

test('lets an unlucky write pass: only three failures in a row open it', () => {
  const breaker = createBreaker(manualClock(), () => 0)
  for (const outcome of ['no', 'no', 'yes', 'no', 'no'] as const)
    outcome === 'no' ? breaker.failed() : breaker.succeeded()
  expect(breaker.state).toBe('closed')
  expect(breaker.nextProbeAt).toBeNull()
  breaker.failed()
  expect(breaker.state).toBe('open')
})

test('lets nothing through while open, and then one probe for the whole process', async () => {
  const { clock, breaker } = opened()
  expect(breaker.allow()).toBe(false)
  await clock.advance(2_000)
  expect([breaker.allow(), breaker.allow(), breaker.allow()]).toEqual([true, false, false])
  expect(breaker.state).toBe('half-open')
})

test('closes when the probe succeeds, and begins to count anew', async () => {
  const { clock, breaker } = opened()
  await clock.advance(2_000)
  breaker.allow()
  breaker.succeeded()
  breaker.failed()
  breaker.failed()
  expect(breaker.state).toBe('closed')
})

test('opens again at once when the probe fails, for longer, but never for more than two seconds', async () => {
  const { clock, breaker } = opened(0)
  const waits: number[] = []
  for (let probe = 0; probe < 10; probe++) {
    waits.push((breaker.nextProbeAt ?? 0) - clock.monotonic())
    await clock.advance(2_000)
    expect(breaker.allow()).toBe(true)
    breaker.failed()
    expect(breaker.state).toBe('open')
  }
  expect(waits).toEqual([...waits].sort((x, y) => x - y))
  expect(Math.min(...waits)).toBeGreaterThan(0)
  expect(Math.max(...waits)).toBeLessThanOrEqual(2_000)
})

test('backs off with full jitter under 50 ms doubled each time, two seconds at most', () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 60].map((attempts) => backOffMs(attempts, () => 1))
  expect(ceilings).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000])
  expect(backOffMs(6, () => 0)).toBe(0)
  expect(backOffMs(6, () => 0.25)).toBe(500)
})

test('says when an outage begins and when it ends, however many probes and late failures lie between', async () => {
  const clock = manualClock()
  const heard: string[] = []
  const breaker = createBreaker(
    clock,
    () => 0,
    (state) => heard.push(state),
  )
  for (let i = 0; i < 8; i++) breaker.failed()
  for (let probe = 0; probe < 3; probe++) {
    await clock.advance(2_000)
    breaker.allow()
    breaker.failed()
  }
  expect([heard, breaker.recoveries]).toEqual([['open'], 0])
  await clock.advance(2_000)
  breaker.allow()
  breaker.succeeded()
  breaker.succeeded()
  expect([heard, breaker.recoveries]).toEqual([['open', 'closed'], 1])
})

test('moves no probe for the calls that were under way when it opened', async () => {
  const { clock, breaker } = opened()
  const probeAt = breaker.nextProbeAt
  await clock.advance(10)
  breaker.failed()
  expect(breaker.nextProbeAt).toBe(probeAt)
})

test('probes at once when somebody says so', () => {
  const { breaker } = opened()
  expect(breaker.allow()).toBe(false)
  breaker.probeNow()
  expect([breaker.allow(), breaker.state]).toEqual([true, 'half-open'])
})
