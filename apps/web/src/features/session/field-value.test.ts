import { describe, expect, it } from 'vitest'
import type { Piece } from './diff-text.ts'
import { diffValues, isSameValue, valueText } from './field-value.ts'

const NOW = new Date(2026, 10, 24, 2, 14, 8).getTime()
const options = { isRaw: false, now: NOW }
const shown = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, isOdd }) => (isOdd ? `[${text}]` : text)).join('')

describe('a value in the diff', () => {
  it('is what people read, or raw what is kept', () => {
    const moment = new Date(2026, 10, 22, 22, 3, 11, 482).getTime()
    expect(valueText('connectedAt', moment, options)).toBe('22 Nov 22:03:11.482')
    expect(valueText('connectedAt', moment, { ...options, isRaw: true })).toBe(String(moment))
    expect(valueText('commandCount', 12, options)).toBe('12')
    expect(valueText('capabilities', ['GMCP', 'NAWS'], options)).toBe('{ GMCP, NAWS }')
    expect(valueText('wizard', false, options)).toBe('false')
  })

  it('has quotes where blanks would not be seen', () => {
    expect(valueText('meta:x', ' a', options)).toBe('" a"')
    expect(valueText('meta:x', '', options)).toBe('""')
    expect(valueText('meta:x', 'a b', options)).toBe('a b')
  })

  it('shows what a player wrote, and nothing acts', () => {
    expect(valueText('meta:doing', 'a\u001b[31m\u202e', options)).toBe('a␛[31m⟨U+202E⟩')
    expect(valueText('capabilities', ['a\u0007'], options)).toBe('{ a␇ }')
  })
})

describe('two values', () => {
  it('differ in members of a set, whatever their order', () => {
    expect(isSameValue(['A', 'B'], ['B', 'A'])).toBe(true)
    const { left, right } = diffValues('capabilities', ['GMCP', 'MCCP2'], ['GMCP', 'EOR'], options)
    expect([shown(left), shown(right)]).toEqual(['{ GMCP, [MCCP2] }', '{ GMCP, [- MCCP2], [+ EOR] }'])
  })

  it('differ in their type, which is shown then', () => {
    const { left, right } = diffValues('handle', 1, '1', options)
    expect([shown(left), shown(right)]).toEqual(['1', '["]1["]'])
  })

  it('are the same though their keys come in another order', () => {
    expect(isSameValue({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true)
    expect(isSameValue(1, '1')).toBe(false)
    expect(isSameValue(null, undefined)).toBe(false)
  })
})
