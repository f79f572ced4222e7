import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { createReadProgress } from './read-progress.ts'

test('a reader is as far as its last answer with nothing left; what waits or is silent stands still', async () => {
  const clock = manualClock()
  let reader: { lag: number; silentMs: number } | null = null
  const progress = createReadProgress(clock, () => reader)
  const after = async (ms: number, state: { lag: number; silentMs: number }) => {
    await clock.advance(ms)
    reader = state
    progress.look()
    return progress.asOf
  }
  progress.look()
  expect(progress.asOf).toBeNull()
  expect(await after(1_000, { lag: 0, silentMs: 80 })).toBe(920)
  expect(await after(1_000, { lag: 12, silentMs: 0 })).toBe(920)
  expect(await after(1_000, { lag: 0, silentMs: 2_500 })).toBe(920)
  expect(await after(1_000, { lag: 0, silentMs: 0 })).toBe(4_000)
})

test('a reader that is answered, but looked at only between long turns of a busy loop, is as far as those answers', async () => {
  const clock = manualClock()
  const progress = createReadProgress(clock, () => ({ lag: 0, silentMs: 1_800 }))
  for (const looked of [2_000, 4_000, 6_000]) {
    await clock.advance(2_000)
    progress.look()
    expect(progress.asOf).toBe(looked - 1_800)
  }
})
