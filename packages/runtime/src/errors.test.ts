import { expect, test } from 'vitest'
import { DEADLINE_EXCEEDED, messageOf, OperationalError, once, withDeadline } from './errors.ts'
import { manualClock } from './testing/manual-clock.ts'

test('rejects with a coded, retryable error when the deadline passes', async () => {
  const clock = manualClock()
  const waiting = withDeadline(new Promise(() => undefined), 100, 'writing to Redis', clock).catch((error) => error)
  await clock.advance(100)
  const error = await waiting
  expect(error).toBeInstanceOf(OperationalError)
  expect(error).toMatchObject({ code: DEADLINE_EXCEEDED, retryable: true })
  expect(messageOf(error)).toBe('writing to Redis took longer than 100 ms')
})

test('leaves no timer behind when the work ends in time, well or badly', async () => {
  const clock = manualClock()
  await expect(withDeadline(Promise.resolve('done'), 100, 'work', clock)).resolves.toBe('done')
  await expect(withDeadline(Promise.reject(new Error('bad')), 100, 'work', clock)).rejects.toThrow('bad')
  await clock.advance(0)
  expect(clock.pendingTimers()).toBe(0)
})

test('runs a once-function one time, even when it gives undefined', () => {
  let runs = 0
  const first = once(() => {
    runs += 1
  })
  expect(first()).toBeUndefined()
  first()
  expect(runs).toBe(1)
})
