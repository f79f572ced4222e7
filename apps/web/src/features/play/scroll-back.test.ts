import { expect, test } from 'vitest'
import { append, EMPTY_SCROLL_BACK, type NewLine, type ScrollBack } from './scroll-back.ts'
import { PLAIN } from './text-style.ts'

const LIMITS = { linesMax: 10, charactersMax: 1_000, blockLines: 4 }
const line = (text: string): NewLine => ({ kind: 'game', runs: [{ text, style: PLAIN }] })
const add = (to: ScrollBack, ...texts: string[]): ScrollBack => append(to, texts.map(line), LIMITS)
const textsOf = ({ blocks }: ScrollBack): string[] =>
  blocks.flatMap(({ lines }) => lines.map(({ runs }) => runs.map(({ text }) => text).join('')))

test('keeps lines in order, under ids that only grow', () => {
  const kept = add(add(EMPTY_SCROLL_BACK, 'a', 'b'), 'c')
  expect(textsOf(kept)).toEqual(['a', 'b', 'c'])
  expect(kept.blocks.flatMap(({ lines }) => lines.map(({ id }) => id))).toEqual([1, 2, 3])
})

test('makes only the last block anew', () => {
  const before = add(EMPTY_SCROLL_BACK, 'a', 'b', 'c', 'd', 'e')
  const after = add(before, 'f')
  expect(after.blocks[0]).toBe(before.blocks[0])
  expect(after.blocks[1]).not.toBe(before.blocks[1])
  expect(before.blocks[1]?.lines).toHaveLength(1)
})

test('forgets the oldest over its bound of lines, whole blocks at a time', () => {
  let kept = EMPTY_SCROLL_BACK
  for (let number = 1; number <= 500; number++) {
    kept = add(kept, `line ${number}`)
    expect(kept.lineCount).toBeLessThanOrEqual(LIMITS.linesMax + LIMITS.blockLines)
    expect(textsOf(kept)).toHaveLength(kept.lineCount)
  }
  expect(textsOf(kept).at(-1)).toBe('line 500')
  expect(kept.nextId).toBe(501)
})

test('forgets the oldest over its bound of characters', () => {
  let kept = EMPTY_SCROLL_BACK
  for (let number = 1; number <= 50; number++) kept = add(kept, 'x'.repeat(300))
  expect(kept.characterCount).toBeLessThanOrEqual(LIMITS.charactersMax + LIMITS.blockLines * 300)
  expect(kept.characterCount).toBe(kept.lineCount * 300)
})
