import type { State } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { standingText } from './standing-words.ts'

const counts = (some: Partial<Record<State, number>>): Record<State, number> => ({
  'in-sync': 0,
  settling: 0,
  drifted: 0,
  missing: 0,
  ghost: 0,
  unknown: 0,
  ignored: 0,
  ...some,
})

test('says what sessions are while a copy cannot be read, and nothing of what none of them is', () => {
  expect(standingText(counts({ settling: 2 }))).toBe('2 sessions settling: a write waits for each.')
  expect(standingText(counts({ unknown: 1_204, settling: 1 }))).toBe(
    '1,204 sessions Unknown. 1 session settling: a write waits for it.',
  )
  expect(standingText(counts({ 'in-sync': 3, ghost: 1 }))).toBe('1 session differs. 3 sessions agreed when last read.')
  expect(standingText(counts({}))).toBe('')
})
