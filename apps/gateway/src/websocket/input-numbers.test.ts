import { expect, it } from 'vitest'
import { createInputNumbers } from './input-numbers.ts'

it('tells the client’s number of what the log has, lines without one among them', () => {
  const numbers = createInputNumbers()
  numbers.handedOn(10)
  numbers.handedOn()
  numbers.handedOn(11)
  numbers.handedOn(15)
  expect(numbers.lastTaken).toBeNull()
  expect(numbers.taken(1)).toBe(10)
  expect(numbers.taken(2)).toBeNull()
  expect(numbers.taken(4)).toBe(15)
  expect(numbers.lastTaken).toBe(15)
  expect(numbers.taken(4)).toBeNull()
})

it('knows a number, or an earlier one, again from the moment it was handed on', () => {
  const numbers = createInputNumbers()
  expect(numbers.isRepeat(1)).toBe(false)
  numbers.handedOn(2)
  expect([1, 2, 3].map(numbers.isRepeat)).toEqual([true, true, false])
})
