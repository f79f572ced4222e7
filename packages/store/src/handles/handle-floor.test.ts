import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { keepHandleFloor } from './handle-floor.ts'

function floorRig() {
  const clock = manualClock()
  const state = { highest: 0, isRedisUp: true, answers: [] as Promise<void>[] }
  const raised: number[] = []
  const failures: unknown[] = []
  const floor = keepHandleFloor({
    clock,
    counter: {
      raise(to) {
        raised.push(to)
        return state.answers.shift() ?? Promise.resolve()
      },
    },
    highest: () => state.highest,
    isRedisUp: () => state.isRedisUp,
    onFailed: (error) => failures.push(error),
  })
  return { floor, clock, state, raised, failures }
}

test('tells Redis the highest handle again and again, since Redis may forget it at any moment', async () => {
  const { clock, state, raised } = floorRig()
  await clock.advance(2_000)
  expect(raised).toEqual([]) // no session is known
  state.highest = 1_017
  await clock.advance(2_000)
  expect(raised).toEqual([1_017, 1_017])
})

test('leaves a Redis alone that is away, or that still works on the last word, and goes on after a failure', async () => {
  const { clock, state, raised, failures } = floorRig()
  state.highest = 5
  state.isRedisUp = false
  await clock.advance(3_000)
  expect(raised).toEqual([])
  state.isRedisUp = true
  const { promise, reject } = Promise.withResolvers<void>()
  state.answers.push(promise)
  await clock.advance(3_000)
  expect(raised).toEqual([5])
  reject(new Error('away'))
  await clock.advance(1_000)
  expect([raised, failures.length]).toEqual([[5, 5], 1])
})

test('leaves no timer behind', () => {
  const { floor, clock } = floorRig()
  floor.close()
  expect(clock.pendingTimers()).toBe(0)
})
