import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanLine, LINE_LENGTH_MAX } from './clean-line.ts'

describe('cleanLine', () => {
  it('takes out what moves a cursor, hides or turns text round', () => {
    expect(cleanLine('say \u001b[31mred\u0007\u009b1m \u202edlrow\u2066 \ufeffhi\tthere\u0000')).toBe(
      'say [31mred1m dlrow hi there',
    )
  })

  it('keeps other scripts and joined emoji', () => {
    const line = 'say Grüße שלום 👩‍🚀'
    expect(cleanLine(line)).toBe(line)
  })

  it('leaves nothing unsafe of any line, and the same again of what it made', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (typed) => {
        const line = cleanLine(typed)
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
        expect(line.length).toBeLessThanOrEqual(LINE_LENGTH_MAX)
        expect(cleanLine(line)).toBe(line)
      }),
    )
  })
})
