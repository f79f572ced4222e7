import { expect, test } from 'vitest'
import { sidOf } from '../testing/fixtures.ts'
import { createReadingSchedule, type ReadingSchedule } from './reading-schedule.ts'

const TICK = 100
const sids = (count: number) => Array.from({ length: count }, (_, number) => sidOf(number))

function scheduleOf(count: number): ReadingSchedule {
  const schedule = createReadingSchedule()
  for (const sid of sids(count)) schedule.add(sid)
  return schedule
}

/** Takes for so long; the times at which each was read. */
function run(schedule: ReadingSchedule, from: number, ms: number, each?: (now: number) => void): Map<string, number[]> {
  const reads = new Map<string, number[]>()
  for (let now = from; now < from + ms; now += TICK) {
    each?.(now)
    for (const sid of schedule.take(now, TICK)) reads.set(sid, [...(reads.get(sid) ?? []), now])
  }
  return reads
}
const total = (reads: Map<string, number[]>): number => [...reads.values()].reduce((sum, { length }) => sum + length, 0)

test('reads all of 10,000 once within the first seconds, and then each within 8 s, as a steady stream', () => {
  const schedule = scheduleOf(10_000)
  const first = run(schedule, 0, 5_000)
  expect(first.size).toBe(10_000)
  expect(schedule.oldestMs(5_000)).toBeLessThanOrEqual(5_000)
  for (let second = 5; second < 40; second++) {
    const reads = run(schedule, second * 1_000, 1_000)
    expect(total(reads)).toBeLessThanOrEqual(1_400)
    expect(schedule.oldestMs((second + 1) * 1_000)).toBeLessThanOrEqual(8_000)
  }
})

test('never reads more than 2,000 a second, however much there is', () => {
  const schedule = scheduleOf(50_000)
  for (const sid of sids(20_000)) schedule.suspect(sid, true)
  expect(total(run(schedule, 0, 10_000))).toBeLessThanOrEqual(20_000)
})

test('reads what changed at the next tick, and still the whole round while everything changes', () => {
  const schedule = scheduleOf(10_000)
  run(schedule, 0, 5_000)
  const busy = sids(10_000).slice(0, 4_000)
  const still = new Set<string>(sids(10_000).slice(4_000))
  schedule.hurry(sidOf(9_999))
  expect(schedule.take(5_000, TICK)).toContain(sidOf(9_999))
  const reads = run(schedule, 5_100, 30_000, () => {
    for (const sid of busy) schedule.hurry(sid)
  })
  for (const sid of still) expect(reads.get(sid)?.length ?? 0).toBeGreaterThan(0)
})

test('looks at a suspect each second until it is cleared; each of too many has its turn', () => {
  const schedule = scheduleOf(3)
  run(schedule, 0, 1_000)
  schedule.suspect(sidOf(1), true)
  expect(run(schedule, 1_000, 5_000).get(sidOf(1))?.length).toBeGreaterThanOrEqual(4)
  schedule.suspect(sidOf(1), false)
  expect(run(schedule, 6_000, 2_000).get(sidOf(1))?.length ?? 0).toBeLessThanOrEqual(1)

  const many = scheduleOf(6_000)
  run(many, 0, 4_000)
  for (const sid of sids(6_000)) many.suspect(sid, true)
  expect(run(many, 4_000, 4_000).size).toBe(6_000)
})

test('forgets what is gone', () => {
  const schedule = scheduleOf(2)
  schedule.suspect(sidOf(0), true)
  run(schedule, 0, 500)
  schedule.remove(sidOf(0))
  expect(run(schedule, 500, 20_000).get(sidOf(0))).toBeUndefined()
  expect(schedule.size).toBe(1)
})
