import { describe, expect, it } from 'vitest'
import { chordOf, createKeyMatcher, isSingle, keysText, PAIR_WITHIN_MS, type Press } from './key-matcher.ts'
import { SHORTCUTS } from './shortcuts.ts'

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})

describe('the console’s keys', () => {
  it('never give one key to two things', () => {
    const all = SHORTCUTS.flatMap(({ keys }) => [...keys])
    expect(new Set<string>(all).size).toBe(all.length)
  })

  it('find a key alone, and with what is held', () => {
    const keys = createKeyMatcher()
    expect(keys.press(press('r'), 0)).toEqual(['recheck'])
    expect(keys.press(press('R', { shiftKey: true }), 0)).toEqual(['reconcile'])
    expect(keys.press(press('k', { ctrlKey: true }), 0)).toEqual(['palette'])
    expect(keys.press(press('k', { metaKey: true }), 0)).toEqual(['palette'])
    expect(keys.press(press('ArrowDown', { shiftKey: true }), 0)).toEqual(['extend-down'])
    expect(keys.press(press('?', { shiftKey: true }), 0)).toEqual(['help'])
    expect(keys.press(press('q'), 0)).toEqual([])
  })

  it('find two keys one after the other, and not the second one alone', () => {
    const keys = createKeyMatcher()
    expect(keys.press(press('g'), 0)).toEqual([])
    expect(keys.press(press('d'), 500)).toEqual(['go-divergence'])
    expect(keys.press(press('d'), 600)).toEqual(['only-differences'])
  })

  it('forget the first key of a pair in time, and when another follows', () => {
    const keys = createKeyMatcher()
    keys.press(press('g'), 0)
    expect(keys.press(press('s'), PAIR_WITHIN_MS + 1)).toEqual([])
    keys.press(press('g'), 2_000)
    keys.press(press('u'), 2_100)
    expect(keys.press(press('s'), 2_200)).toEqual([])
  })

  it('leave browser and reader their own chords', () => {
    const keys = createKeyMatcher()
    expect(keys.press(press('r', { ctrlKey: true }), 0)).toEqual([])
    expect(keys.press(press('b', { altKey: true }), 0)).toEqual([])
  })

  it('know what a voice could press by mishap', () => {
    expect(['b', '?', 'shift+r', '.'].map(isSingle)).toEqual([true, true, true, true])
    expect(['mod+k', 'escape', 'arrowdown', 'shift+arrowup'].map(isSingle)).toEqual([false, false, false, false])
    expect(chordOf(press('/'))).toBe('/')
  })

  it('are written as people read them', () => {
    expect([
      keysText('mod+k', false),
      keysText('g s', false),
      keysText('shift+arrowdown', true),
      keysText('mod+k', true),
    ]).toEqual(['Ctrl K', 'g s', 'Shift ↓', '⌘ K'])
  })
})
