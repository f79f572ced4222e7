import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { fakeGroup } from '../testing/fake-group.ts'
import { quietLife } from '../testing/quiet-life.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import { startProgressWatch } from './progress-watch.ts'

const P = 5

function setUp() {
  const clock = manualClock()
  const group = fakeGroup()
  const batcher = recordingBatcher()
  const life = quietLife(P, clock)
  group.marks.set(P, { low: 0, high: 40 })
  const stuck: string[] = []
  const onStuck = (error: Error): void => void stuck.push(error.message)
  const watch = startProgressWatch({ clock, group, lives: () => [life], batcher, onStuck })
  return { clock, group, batcher, life, stuck, watch }
}

test('tells how many records wait', async () => {
  const { clock, group, watch } = setUp()
  group.marks.set(P, { low: 0, high: 52 })
  await clock.advance(1_000)
  expect(watch.lag).toBe(12)
})

test('resumes a ready partition that stayed paused, so that no flag silences it', async () => {
  const { clock, group } = setUp()
  group.pause([P])
  await clock.advance(1_000)
  expect(group.paused()).toEqual([])
})

test('leaves a partition paused whose queue is full, or that is not ready', async () => {
  const { clock, group, life } = setUp()
  life.lineIsFull = true
  group.pause([P])
  await clock.advance(1_000)
  expect(group.paused()).toEqual([P])
  Object.assign(life, { lineIsFull: false })
  life.owned.ready = false
  await clock.advance(1_000)
  expect(group.paused()).toEqual([P])
})

test('reports a partition that does not move for ten seconds though records wait, and none that is slow', async () => {
  const { clock, group, life, stuck } = setUp()
  group.marks.set(P, { low: 0, high: 60 })
  for (let second = 0; second < 15; second++) {
    await clock.advance(1_000)
    life.owned.next++
  }
  expect(stuck).toEqual([])
  await clock.advance(10_000)
  expect(stuck).toEqual([])
  await clock.advance(2_000)
  expect(stuck[0]).toContain(`partition ${P}`)
})

test('calls nothing stuck that has nothing to do, waits for Kafka, or is not loaded', async () => {
  const { clock, group, batcher, life, stuck } = setUp()
  await clock.advance(30_000)
  group.marks.set(P, { low: 0, high: 60 })
  batcher.isFull = true
  await clock.advance(30_000)
  batcher.isFull = false
  life.owned.loaded = false
  await clock.advance(30_000)
  expect(stuck).toEqual([])
})

test('tells that Kafka is away when it does not answer', async () => {
  const { clock, group, watch } = setUp()
  await clock.advance(1_000)
  expect(watch.isKafkaUp).toBe(true)
  group.watermarks = () => new Promise(() => undefined)
  await clock.advance(4_000)
  expect(watch.isKafkaUp).toBe(false)
})

test('ends without a timer', () => {
  const { clock, watch } = setUp()
  watch.close()
  expect(clock.pendingTimers()).toBe(0)
})

test('knows up to when everything in the log is applied', async () => {
  const { clock, group, life, watch } = setUp()
  expect(watch.caughtUpAt(life.owned)).toBe(Number.NEGATIVE_INFINITY)
  await clock.advance(1_000)
  group.marks.set(P, { low: 0, high: 60 })
  await clock.advance(2_000)
  expect(watch.caughtUpAt(life.owned)).toBe(1_000)
  life.owned.next = 60
  expect(watch.caughtUpAt(life.owned)).toBe(3_000)
})
