import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { Sid } from '../contracts/index.ts'
import { sessionOf, sidsOf } from '../testing/fixtures.ts'
import { quietLife } from '../testing/quiet-life.ts'
import { ROUND_MS, startSweep } from './sweep.ts'

function setUp(...counts: number[]) {
  const clock = manualClock()
  const lives = counts.map((count, partition) => {
    const { owned } = quietLife(partition, clock)
    for (const sid of sidsOf(partition, count)) owned.sessions.put(sessionOf(sid), true)
    return owned
  })
  const looked: [Sid, number][] = []
  const blind = new Set<number>()
  const rounds: number[] = []
  const sweep = startSweep({
    clock,
    owned: () => lives,
    look(owned, sids) {
      if (blind.has(owned.partition)) return Promise.resolve(false)
      for (const sid of sids) looked.push([sid, clock.monotonic()])
      return Promise.resolve(true)
    },
    onRound: (sessions) => rounds.push(sessions),
  })
  return { clock, lives, looked, blind, rounds, sweep }
}

test('looks at every session of every partition once a round, and not oftener', async () => {
  const { clock, looked, rounds } = setUp(250, 0, 30)
  await clock.advance(ROUND_MS - 1)
  expect([looked.length, new Set(looked.map(([sid]) => sid)).size]).toEqual([280, 280])
  await clock.advance(ROUND_MS)
  expect([looked.length, rounds]).toEqual([560, [280, 280]])
})

test('looks at no more than two thousand sessions a second', async () => {
  const { clock, looked } = setUp(3_000)
  await clock.advance(1_000)
  expect(looked.length).toBeGreaterThan(1_900)
  expect(looked.length).toBeLessThanOrEqual(2_100)
})

test('tells how much of the round is done, and how old the oldest look is', async () => {
  const { clock, sweep } = setUp(100, 100)
  await clock.advance(0)
  expect(sweep.coverage()).toEqual({ checked: 100, total: 200, oldestMs: 0 })
  await clock.advance(ROUND_MS - 1)
  expect(sweep.coverage()).toEqual({ checked: 200, total: 200, oldestMs: ROUND_MS - 1 })
  await clock.advance(1_000)
  expect(sweep.coverage().oldestMs).toBeLessThanOrEqual(1_000)
})

test('lets the age of a partition grow that cannot be looked at', async () => {
  const { clock, blind, sweep } = setUp(10, 10)
  blind.add(1)
  await clock.advance(3 * ROUND_MS)
  expect(sweep.coverage().oldestMs).toBe(3 * ROUND_MS)
  blind.clear()
  await clock.advance(ROUND_MS)
  expect(sweep.coverage().oldestMs).toBeLessThanOrEqual(ROUND_MS)
})

test('stops when it is closed', async () => {
  const { clock, looked, sweep } = setUp(10)
  await clock.advance(0)
  sweep.close()
  await clock.advance(3 * ROUND_MS)
  expect([looked.length, clock.pendingTimers()]).toEqual([10, 0])
})
