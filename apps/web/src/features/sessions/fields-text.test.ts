import { expect, test } from 'vitest'
import { driftedText, fieldsText } from './fields-text.ts'

test('names as many fields as there is room for', () => {
  expect(fieldsText(['room'])).toBe('room')
  expect(fieldsText(['room', 'client', 'width'])).toBe('room, client +1')
  expect(driftedText({ state: 'drifted', drifted: ['room', 'client', 'width'] })).toBe('room, client, width')
  expect(driftedText({ state: 'ghost', drifted: [] })).toBe('whole record')
})

test('shows what a name of a field hides', () => {
  const names = ['a\u0000b', '\u202etxet']
  const shown = 'a\u2400b, \u27e8U+202E\u27e9txet'
  expect(driftedText({ state: 'drifted', drifted: names })).toBe(shown)
  expect(fieldsText(names)).toBe(shown)
})
