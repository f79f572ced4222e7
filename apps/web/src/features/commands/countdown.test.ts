import { expect, it } from 'vitest'
import { type Countdown, ticked } from './countdown.ts'

it('ends in what was confirmed, after as many seconds as it began with', () => {
  const done: string[] = []
  let counting: Countdown | null = { left: 3, act: () => done.push('boot 2') }
  let seconds = 0
  while (counting) {
    const { next, due } = ticked(counting)
    seconds += 1
    counting = next
    due?.()
  }
  expect([seconds, done]).toEqual([3, ['boot 2']])
})
