import { expect, test } from 'vitest'
import { ANNOUNCED_LINES_MAX, announcementOf } from './announcement.ts'
import type { Line, LineKind } from './scroll-back.ts'
import { PLAIN } from './text-style.ts'

const line = (text: string, kind: LineKind = 'game', id = 1): Line => ({ id, kind, runs: [{ text, style: PLAIN }] })

test('reads out what the game and the client say, not what was typed, nor what is only drawn', () => {
  const lines = [
    line('-----=====-----'),
    line('  The Salt Stair '),
    line('look', 'own'),
    line(''),
    line('Lost.', 'notice'),
  ]
  expect(announcementOf(lines)).toEqual(['The Salt Stair', 'Lost.'])
  expect(announcementOf([line('漢字'), line('╔═══╗')])).toEqual(['漢字'])
})

test('says how many more there are rather than read a flood', () => {
  const many = Array.from({ length: 100 }, (_, index) => line(`line ${index}`))
  const said = announcementOf(many)
  expect(said).toHaveLength(ANNOUNCED_LINES_MAX + 1)
  expect(said.at(-1)).toBe('And 80 more lines, in the log.')
})
