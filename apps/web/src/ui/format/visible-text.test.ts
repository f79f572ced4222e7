import { describe, expect, it } from 'vitest'
import { visibleText } from './visible-text.ts'

describe('text of players', () => {
  it('leaves letters, emoji and other scripts as they are', () => {
    expect(visibleText('Zoë 木 👩🏽 ق')).toBe('Zoë 木 👩🏽 ق')
  })

  it('shows control characters as their pictures', () => {
    expect(visibleText('a\u001b[31mb\u0000\u007f\tc')).toBe('a␛[31mb␀␡␉c')
  })

  it('shows what turns the reading direction, or cannot be seen, by its number', () => {
    expect(visibleText('a\u202eb\u2066c\u200bd\ufeff')).toBe('a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d⟨U+FEFF⟩')
    expect(visibleText('\u009b31m\u00ad\u2028')).toBe('⟨U+009B⟩31m⟨U+00AD⟩⟨U+2028⟩')
  })

  it('shows a broken half of a pair rather than leaving it to the browser', () => {
    expect(visibleText('x\ud83d')).toBe('x⟨U+D83D⟩')
  })
})
