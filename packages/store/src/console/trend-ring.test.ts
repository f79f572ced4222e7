import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { State } from '../contracts/index.ts'
import { AT } from '../testing/fixtures.ts'
import { createTrendRing, TREND_EVERY_MS, TREND_KEPT, type TrendSeen } from './trend-ring.ts'

const seen = (some: Partial<Record<State, number>>, away: TrendSeen['away'] = null): TrendSeen => ({
  counts: { 'in-sync': 9, settling: 0, drifted: 0, missing: 0, ghost: 0, unknown: 0, ignored: 0, ...some },
  away,
})

test('keeps the most of each ten seconds, for what lasted less than that as well', async () => {
  const clock = manualClock(AT)
  const ring = createTrendRing(clock)
  ring.note(seen({ settling: 3 }))
  await clock.advance(4_000)
  ring.note(seen({ drifted: 1, missing: 1, ghost: 2 }))
  await clock.advance(4_000)
  ring.note(seen({ unknown: 9 }, 'redis'))
  await clock.advance(2_000)
  ring.note(seen({ unknown: 9 }, 'kafka'))
  ring.note(seen({ unknown: 9 }, 'redis'))
  ring.note(seen({}))
  expect(ring.points()).toEqual([
    { at: new Date(AT).toISOString(), wrong: 4, settling: 3, unknown: 9, away: 'redis' },
    { at: new Date(AT + TREND_EVERY_MS).toISOString(), wrong: 0, settling: 0, unknown: 9, away: 'both' },
  ])
})

test('has no point where nothing was known, and none older than an hour', async () => {
  const clock = manualClock(AT)
  const ring = createTrendRing(clock)
  ring.note(seen({ drifted: 1 }))
  await clock.advance(TREND_EVERY_MS)
  ring.note(null)
  await clock.advance(TREND_EVERY_MS)
  ring.note(seen({}))
  expect(ring.points().map(({ at }) => Date.parse(at) - AT)).toEqual([0, 2 * TREND_EVERY_MS])
  for (let interval = 0; interval < TREND_KEPT; interval++) {
    await clock.advance(TREND_EVERY_MS)
    ring.note(seen({ settling: 1 }))
  }
  expect(ring.points()).toHaveLength(TREND_KEPT)
  expect(ring.points().every(({ wrong }) => wrong === 0)).toBe(true)
})
