import { expect, test } from 'vitest'
import { cutPieces, cutText, VALUE_LETTERS_MAX } from './cut-text.ts'

const textOf = (cut: ReturnType<typeof cutPieces>): string => cut.pieces.map(({ text }) => text).join('')

test('what has room is shown as it is', () => {
  const pieces = [{ text: 'a'.repeat(VALUE_LETTERS_MAX), isOdd: true }]
  expect(cutPieces(pieces)).toEqual({ pieces, size: null })
  expect(cutText('a'.repeat(VALUE_LETTERS_MAX))).toHaveLength(VALUE_LETTERS_MAX)
})

test('a long value is cut, and its size told', () => {
  const long = cutPieces([{ text: 'a'.repeat(300_000), isOdd: false }])
  expect([textOf(long).length, long.size]).toEqual([VALUE_LETTERS_MAX + 1, '293 KB'])
  expect(textOf(long).endsWith('…')).toBe(true)
  expect(cutText('é'.repeat(1_024))).toBe(`${'é'.repeat(VALUE_LETTERS_MAX)}… (2.0 KB in all)`)
})

test('what differs stays in sight, however far back it is', () => {
  const cut = cutPieces([
    { text: 'a'.repeat(100_000), isOdd: false },
    { text: 'odd', isOdd: true },
    { text: 'b'.repeat(100_000), isOdd: false },
  ])
  expect(cut.pieces.find(({ isOdd }) => isOdd)?.text).toBe('odd')
  expect(textOf(cut).slice(0, 46)).toBe(`…${'a'.repeat(40)}oddbb`)
  expect(textOf(cut)).toHaveLength(VALUE_LETTERS_MAX + 2)
})

test('no letter is parted', () => {
  expect(cutText(`a${'😀'.repeat(300)}`)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
})
