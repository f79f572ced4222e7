import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { createAttemptLimit } from './attempt-limit.ts'

const waitOf = (taken: { ok: true } | { ok: false; waitMs: number }) => (taken.ok ? 0 : taken.waitMs)

test('lets so many through in any window, for each key by itself', async () => {
  const clock = manualClock()
  const limit = createAttemptLimit({ clock, max: 2, windowMs: 1_000 })
  expect(limit.take('a').ok).toBe(true)
  await clock.advance(400)
  expect(limit.take('a').ok).toBe(true)
  expect(waitOf(limit.take('a'))).toBe(600)
  expect(limit.take('b').ok).toBe(true)
  await clock.advance(600)
  expect(limit.take('a').ok).toBe(true)
  expect(waitOf(limit.take('a'))).toBe(400)
})

test('counts what is said to count, and for as long as it is under way what may', async () => {
  const clock = manualClock()
  const limit = createAttemptLimit({ clock, max: 2, windowMs: 60_000, waitMsMax: 900_000 })
  const [first, second] = [limit.begin('a'), limit.begin('a')]
  expect(waitOf(limit.begin('a'))).toBe(1_000)
  if (first.ok) first.over()
  const third = limit.begin('a')
  for (const each of [second, third]) if (each.ok) each.counts()
  expect(waitOf(limit.begin('a'))).toBe(60_000)
  limit.clear('a')
  expect(limit.begin('a').ok).toBe(true)
})

test('makes who goes on wait longer each time, up to a bound', async () => {
  const clock = manualClock()
  const limit = createAttemptLimit({ clock, max: 1, windowMs: 60_000, waitMsMax: 900_000 })
  const waits: number[] = []
  for (let block = 0; block < 6; block += 1) {
    expect(limit.take('a').ok).toBe(true)
    const waitMs = waitOf(limit.take('a'))
    waits.push(waitMs)
    // Trying while blocked changes nothing.
    expect(waitOf(limit.take('a'))).toBe(waitMs)
    await clock.advance(waitMs)
  }
  expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 900_000, 900_000])
  await clock.advance(1_000_000)
  limit.take('a')
  expect(waitOf(limit.take('a'))).toBe(60_000)
})

test('forgets the quietest key rather than keep more than its bound', () => {
  const limit = createAttemptLimit({ clock: manualClock(), max: 1, windowMs: 1_000, keysMax: 3 })
  for (const key of ['a', 'b', 'c', 'd']) limit.take(key)
  expect(limit.size).toBe(3)
  expect(limit.take('b').ok).toBe(false)
  expect(limit.take('a').ok).toBe(true)
})
