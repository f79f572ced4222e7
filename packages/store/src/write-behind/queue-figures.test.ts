import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { sidOf } from '../testing/fixtures.ts'
import { createBreaker } from './breaker.ts'
import { createDirtySet } from './dirty-set.ts'
import { countQueues, createQueueMeter } from './queue-figures.ts'

function setUp() {
  const clock = manualClock()
  const breaker = createBreaker(clock, () => 0)
  const dirty = createDirtySet(clock)
  const meter = createQueueMeter({
    clock,
    breaker,
    counts: () => countQueues([dirty], clock),
    ofBound: ({ pending }) => pending / 2,
  })
  return { clock, breaker, dirty, meter }
}

test('counts what waits, what is tried again and what is dead, and how long the oldest waits', async () => {
  const { clock, dirty, meter } = setUp()
  dirty.mark(sidOf(1), 'room')
  await clock.advance(1_000)
  dirty.mark(sidOf(2), 'room')
  dirty.putBack(dirty.take(), 'time-out')
  dirty.mark(sidOf(3), 'room')
  const taken = dirty.take()
  dirty.bury(taken, sidOf(2), 'too large')
  dirty.mark(sidOf(4), 'room')
  expect(meter.figures()).toMatchObject({ pending: 2, retrying: 1, dead: 1, oldestMs: 1_000, ofBound: 1 })
})

test('tells the breaker’s state and when it probes, in the clock of people', async () => {
  const { clock, breaker, meter } = setUp()
  expect(meter.figures()).toMatchObject({ breaker: 'closed', nextProbeAt: null })
  await clock.advance(5_000)
  for (let i = 0; i < 3; i++) breaker.failed()
  const { breaker: state, nextProbeAt } = meter.figures()
  expect(state).toBe('open')
  expect(nextProbeAt).toBe(clock.now() + (breaker.nextProbeAt ?? 0) - clock.monotonic())
})

test('keeps the last error until a write succeeds', () => {
  const { meter } = setUp()
  meter.failed('OOM')
  expect([meter.error, meter.figures().error]).toEqual(['OOM', 'OOM'])
  meter.stored(1)
  expect(meter.figures().error).toBeNull()
})

test('tells rates of the last ten seconds: what went out, and that plus what the backlog grew by came in', async () => {
  const { clock, dirty, meter } = setUp()
  meter.figures()
  for (let second = 0; second < 5; second++) {
    await clock.advance(1_000)
    meter.stored(30)
    for (let at = 0; at < 10; at++) dirty.mark(sidOf(second * 10 + at), 'room')
    meter.figures()
  }
  expect(meter.figures()).toMatchObject({ inPerS: 40, outPerS: 30 })
  dirty.settle(dirty.take())
  for (let second = 0; second < 12; second++) {
    await clock.advance(1_000)
    meter.figures()
  }
  expect(meter.figures()).toMatchObject({ inPerS: 0, outPerS: 0 })
})

test('tells how long writes take, of the last minute, and nothing for none', async () => {
  const { clock, meter } = setUp()
  expect(meter.figures().writeMs).toBeNull()
  for (let ms = 1; ms <= 100; ms++) meter.wrote(ms)
  expect(meter.figures().writeMs).toEqual({ p50: 50, p95: 95 })
  for (let more = 0; more < 100_000; more++) meter.wrote(7)
  expect(meter.figures().writeMs).toEqual({ p50: 7, p95: 7 })
  await clock.advance(60_001)
  expect(meter.figures().writeMs).toBeNull()
})
