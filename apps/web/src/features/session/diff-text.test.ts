import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffTexts, type Piece } from './diff-text.ts'

const shown = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, isOdd }) => (isOdd ? `[${text}]` : text)).join('')
const diff = (left: string, right: string): [string, string] => {
  const { left: a, right: b } = diffTexts(left, right)
  return [shown(a), shown(b)]
}

describe('the difference of two texts', () => {
  it('is marked in both', () => {
    expect(diff('#412', '#407')).toEqual(['#4[12]', '#4[07]'])
    expect(diff('Mudlet 4.20.1', 'Mudlet 4.17.2')).toEqual(['Mudlet 4.[20.1]', 'Mudlet 4.[17.2]'])
  })

  it('is nothing where they are the same, and everything where one is empty', () => {
    expect(diff('same', 'same')).toEqual(['same', 'same'])
    expect(diff('', 'all')).toEqual(['', '[all]'])
  })

  it('is told word by word where much lies between', () => {
    const [left, right] = diff('the quick brown fox sits here now', 'a slow brown dog sits there later')
    expect(left).toContain(' brown ')
    expect(right).toContain('[dog]')
  })

  it('never splits a character in two', () => {
    expect(diff('a👩b', 'a👨b')).toEqual(['a[👩]b', 'a[👨]b'])
  })

  it('loses nothing of either text, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (left, right) => {
          const found = diffTexts(left, right)
          expect(found.left.map(({ text }) => text).join('')).toBe(left)
          expect(found.right.map(({ text }) => text).join('')).toBe(right)
          if (left !== right) expect([...found.left, ...found.right].some(({ isOdd }) => isOdd)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })
})
