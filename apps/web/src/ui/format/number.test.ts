import { describe, expect, it } from 'vitest'
import { badgeText, bytesText, counted, millisText, ofAllText, percentText } from './number.ts'

describe('figures', () => {
  it('counts in words with the right form', () => {
    expect([
      counted(1, 'field'),
      counted(2, 'field'),
      counted(1_204, 'session'),
      counted(0, 'entry', 'entries'),
    ]).toEqual(['1 field', '2 fields', '1,204 sessions', '0 entries'])
  })

  it('never counts more than there are', () => {
    expect([ofAllText(3, 1_204), ofAllText(10, 9), ofAllText(3, undefined)]).toEqual(['3 of 1,204', '10 of 10', '3'])
  })

  it('caps the count beside a name', () => {
    expect([badgeText(999), badgeText(1_000)]).toEqual(['999', '999+'])
  })

  it('never rounds something to nothing, nor most to all', () => {
    expect([percentText(0), percentText(0.001), percentText(0.41), percentText(0.999), percentText(1)]).toEqual([
      '0 %',
      '1 %',
      '41 %',
      '99 %',
      '100 %',
    ])
  })

  it('keeps sizes and times short', () => {
    expect([bytesText(512), bytesText(184 * 1_024 ** 2), bytesText(1.9 * 1_024 ** 3)]).toEqual([
      '512 B',
      '184 MB',
      '1.9 GB',
    ])
    expect([millisText(0.84), millisText(12.4)]).toEqual(['0.8', '12'])
  })
})
