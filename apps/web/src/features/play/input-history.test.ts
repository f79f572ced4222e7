import { expect, test } from 'vitest'
import {
  EMPTY_HISTORY,
  edited,
  HISTORY_ENTRIES_MAX,
  type InputHistory,
  newer,
  older,
  remember,
} from './input-history.ts'

const of = (...lines: string[]): InputHistory => lines.reduce(remember, EMPTY_HISTORY)

/** Presses these keys, `u` and `d`, from a box with this text; what the box shows after each. */
function press(history: InputHistory, typed: string, keys: string): string[] {
  let text = typed
  return [...keys].map((key) => {
    const step = (key === 'u' ? older : newer)(history, text)
    if (step) ({ history, text } = step)
    return text
  })
}

test('goes back and forth, and ends at what was being typed', () => {
  expect(press(of('look', 'WHO', 'say hi'), 'half a l', 'd')).toEqual(['half a l'])
  expect(press(of('look', 'WHO', 'say hi'), '', 'uuuudddd')).toEqual([
    'say hi',
    'WHO',
    'look',
    'look',
    'WHO',
    'say hi',
    '',
    '',
  ])
})

test('goes back only among lines that begin with what was typed, and gives the draft back', () => {
  expect(press(of('say a', 'look', 'say b'), 'say', 'uuudd')).toEqual(['say b', 'say a', 'say a', 'say b', 'say'])
  expect(press(of('look'), 'pose w', 'u')).toEqual(['pose w'])
})

test('takes an entry that was altered for a new draft', () => {
  const step = older(of('say a', 'say b'), '')
  expect(step?.text).toBe('say b')
  expect(press(edited(step?.history ?? EMPTY_HISTORY), 'say a', 'ud')).toEqual(['say a', 'say a'])
})

test('keeps a line once where it was sent twice in a row, and no empty one', () => {
  expect(of('look', 'look', '', '  ', 'WHO', 'look').entries).toEqual(['look', 'WHO', 'look'])
})

test('forgets the oldest over its bound', () => {
  const many = of(...Array.from({ length: HISTORY_ENTRIES_MAX + 5 }, (_, index) => `line ${index}`))
  expect(many.entries).toHaveLength(HISTORY_ENTRIES_MAX)
  expect(many.entries[0]).toBe('line 5')
})
