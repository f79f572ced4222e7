import { expect, it } from 'vitest'
import { pressedSort, sortKeysOf } from './sort-text.ts'

it('a head that is pressed rises, falls, and is out again', () => {
  expect(['', 'idle', '-idle'].map((text) => pressedSort(text, 'idle', false))).toEqual(['idle', '-idle', ''])
})

it('another head takes the place of the first, or comes after it with Shift', () => {
  expect(pressedSort('-idle', 'player', false)).toBe('player')
  expect(pressedSort('-idle', 'player', true)).toBe('-idle,player')
  expect(pressedSort('-idle,player', 'player', true)).toBe('-idle,-player')
  expect(pressedSort('-idle,-player', 'idle', true)).toBe('-player')
})

it('an order is read as it is written', () => {
  expect(sortKeysOf('-idle,handle')).toEqual([
    { key: 'idle', isFalling: true },
    { key: 'handle', isFalling: false },
  ])
  expect(sortKeysOf('')).toEqual([])
})
