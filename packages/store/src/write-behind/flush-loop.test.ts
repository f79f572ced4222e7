import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { startFlushLoop } from './flush-loop.ts'
import type { PartitionFlusher } from './partition-flusher.ts'

function setUp(count: number, flushMs: number) {
  const clock = manualClock()
  const state = { atOnce: 0, most: 0, due: true, flushed: Array.from({ length: count }, () => 0) }
  const flushers = state.flushed.map((_, at): PartitionFlusher => {
    let running = false
    return {
      isDue: () => state.due && !running,
      async flush() {
        running = true
        state.most = Math.max(state.most, ++state.atOnce)
        await clock.sleep(flushMs)
        state.atOnce--
        running = false
        state.flushed[at] = (state.flushed[at] ?? 0) + 1
      },
      storeBinding: () => Promise.resolve('stored'),
      retryNow: () => 0,
      drop: () => null,
    }
  })
  return { clock, state, loop: startFlushLoop(clock, () => flushers) }
}

test('flushes what is due within 250 ms, eight partitions at once', async () => {
  const { clock, state } = setUp(64, 10)
  await clock.advance(250)
  expect(Math.min(...state.flushed)).toBeGreaterThan(0)
  expect(state.most).toBe(8)
})

test('gives each partition its turn even when flushes are slow and all are always due', async () => {
  const { clock, state } = setUp(64, 1_000)
  await clock.advance(20_000)
  expect(Math.min(...state.flushed)).toBeGreaterThanOrEqual(2)
  expect(Math.max(...state.flushed) - Math.min(...state.flushed)).toBeLessThanOrEqual(1)
})

test('leaves alone what is not due', async () => {
  const { clock, state } = setUp(4, 10)
  state.due = false
  await clock.advance(1_000)
  expect(state.flushed).toEqual([0, 0, 0, 0])
})

test('flushes all of them once when it is told to, due or not, and ends without a timer', async () => {
  const { clock, state, loop } = setUp(12, 10)
  state.due = false
  loop.close()
  const all = loop.flushAll()
  await clock.advance(10)
  await all
  expect(state.flushed.every((count) => count === 1)).toBe(true)
  expect(clock.pendingTimers()).toBe(0)
})
