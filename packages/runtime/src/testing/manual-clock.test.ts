import { expect, test } from 'vitest'
import { manualClock } from './manual-clock.ts'

test('fires due timers in order of time, each at its own moment', async () => {
  const clock = manualClock(1_000)
  const fired: [string, number][] = []
  const note = (name: string) => () => void fired.push([name, clock.now()])
  clock.setTimeout(note('late'), 30)
  clock.setTimeout(note('early'), 10)
  clock.setTimeout(note('never'), 31)
  const every = clock.setInterval(note('every'), 10)
  await clock.advance(30)
  every.cancel()
  await clock.advance(0)
  expect(fired).toEqual([
    ['early', 1_010],
    ['every', 1_010],
    ['every', 1_020],
    ['late', 1_030],
    ['every', 1_030],
  ])
  expect(clock.pendingTimers()).toBe(1)
})

test('runs a chain of sleeps to its end within one advance', async () => {
  const clock = manualClock()
  let done = 0
  const chain = async () => {
    for (let i = 0; i < 5; i += 1) await clock.sleep(10)
    done = clock.monotonic()
  }
  const running = chain()
  await clock.advance(100)
  await running
  expect(done).toBe(50)
})

test('ends a sleep as soon as its signal is aborted', async () => {
  const clock = manualClock()
  const stop = new AbortController()
  const sleeping = clock.sleep(1_000, stop.signal)
  stop.abort(new Error('stop'))
  await expect(sleeping).rejects.toThrow('stop')
  await expect(clock.sleep(1, stop.signal)).rejects.toThrow('stop')
  expect(clock.pendingTimers()).toBe(0)
})
