import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeText } from './safe-text.ts'

describe('safeText', () => {
  it('leaves ordinary text, its accents, emoji and line ends alone', () => {
    const text = 'Élan, 漢字 שלום 👩‍👩‍👧\nsecond [1m line'
    expect(safeText(text)).toBe(text)
  })

  it('lets colours and styles pass', () => {
    const text = '\u001b[1;38;5;196mred\u001b[m \u001b[38:2::1:2:3mtrue\u001b[0m'
    expect(safeText(text)).toBe(text)
  })

  it.each([
    ['a clearing of the screen', '\u001b[2Jgone', '[2Jgone'],
    ['a title', '\u001b]0;owned\u0007x', ']0;ownedx'],
    ['a question to the terminal', '\u001b[6n\u001b[c', '[6n[c'],
    ['a C1 introducer', '\u009b2J\u009b1mx', '2J1mx'],
    ['an SGR behind another control', '\u0007[1mx\u001b\u001b[1my', '[1mx\u001b[1my'],
    ['CR, bell, backspace and DEL', 'a\r\u0007\b\u007fb', 'ab'],
    ['a sequence that is cut off', 'x\u001b[1', 'x[1'],
    ['bidi overrides and isolates', 'a\u202egnp\u202c\u2066b\u2069', 'agnpb'],
    ['separators that clients break lines at', 'a\u2028b\u2029c\ufeff', 'abc'],
  ])('takes %s out', (_, text, expected) => {
    expect(safeText(text)).toBe(expected)
  })

  it('keeps words apart that a TAB separated, also before a bracket', () => {
    expect(safeText('a\tb\t[0m')).toBe('a b [0m')
  })

  it('leaves no control but LF and colours in any text, and finds nothing more the second time', () => {
    const pieces = fc.constantFrom('\u001b', '[', '0', ';', 'm', 'J', '\t', '\n', '\u009b', '\u0007', 'x')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: pieces })), (text) => {
        const safe = safeText(text)
        const rest = safe.split('\u001b').map((part, n) => (n === 0 ? part : part.replace(/^\[[0-9;:]{0,64}m/, '')))
        expect(rest.join('').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
        expect(safeText(safe)).toBe(safe)
      }),
    )
  })
})
