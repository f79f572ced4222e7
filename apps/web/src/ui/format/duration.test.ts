import { describe, expect, it } from 'vitest'
import { ageText, clockSpan, figureSpan, shortSpan } from './duration.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('durations in words', () => {
  it('tells an age in at most two units, the smaller the age the finer', () => {
    const ages: [number, string][] = [
      [400, '0.4 s'],
      [9_940, '9.9 s'],
      [9_960, '10 s'],
      [38_000, '38 s'],
      [59_900, '59 s'],
      [9 * MINUTE + 37_000, '9 min 37 s'],
      [16 * MINUTE, '16 min'],
      [3 * HOUR + 12 * MINUTE, '3 h 12 min'],
      [2 * DAY + 4 * HOUR, '2 d 4 h'],
    ]
    for (const [ms, text] of ages) expect(ageText(ms)).toBe(text)
  })

  it('never shows an age below zero, however clocks differ', () => {
    expect(ageText(-3_000)).toBe('0.0 s')
    expect(shortSpan(-1)).toBe('0s')
    expect(clockSpan(-1)).toBe('00:00')
  })

  it('fits narrow columns', () => {
    expect([0, 41 * MINUTE, 5 * HOUR, 2 * DAY].map(shortSpan)).toEqual(['0s', '41m', '5h', '2d'])
    expect([42 * MINUTE, DAY + 4 * HOUR + 11 * MINUTE].map(clockSpan)).toEqual(['00:42', '1d 04:11'])
    expect([36_000, 9 * MINUTE + 36_000, 2 * HOUR + 5 * MINUTE].map(figureSpan)).toEqual(['36s', '9m 36s', '2h 05m'])
  })
})
