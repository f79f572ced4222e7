import { type Command, createSid } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { progressText, reachedOf, stopOff, undoneOf } from './progress-words.ts'

const sidOf = (n: number) => createSid(`01ARZ3NDEKTSV4RRFFQ000000${n}`)
const [one, two, three, four] = [sidOf(1), sidOf(2), sidOf(3), sidOf(4)]
const at = (seconds: number): string => new Date(Date.parse('2026-11-24T02:14:08Z') + seconds * 1_000).toISOString()
const progress = { total: 1_204, ended: 120, begunAt: at(0), lastAt: at(2.5) }
const command = (change: Partial<Command> = {}): Command => ({
  id: 'c',
  type: 'reconcile',
  target: { sids: [one, two, three, four] },
  by: 'Mara',
  state: 'accepted',
  results: [],
  progress,
  ...change,
})

test('says how far a command is and how fast, and afterwards in how long', () => {
  expect(progressText({ ...progress, ended: 0, lastAt: null }, 0)).toBe('0 of 1,204')
  expect(progressText(progress, 120)).toBe('120 of 1,204, 48 per s')
  expect(progressText({ ...progress, ended: 1_204, lastAt: at(25) }, 1_204)).toBe('1,204 of 1,204 in 25 s')
  const skipped: Command['results'] = [{ sid: one, outcome: 'skipped' }]
  expect(reachedOf(command({ results: skipped, progress: { ...progress, ended: 4 } }))).toBe(3)
})

test('offers to stop what goes on, once', () => {
  expect(stopOff(command())).toBeNull()
  expect(stopOff(command({ type: 'message' }))).not.toBeNull()
  expect(stopOff(command({ stop: { by: 'Eve', at: at(3) } }))).not.toBeNull()
  expect(stopOff(command({ state: 'failed' }))).not.toBeNull()
})

test('knows on whom it failed, and to whom it did not come, when it is over', () => {
  const results: Command['results'] = [
    { sid: one, outcome: 'done' },
    { sid: two, outcome: 'refused' },
    { sid: three, outcome: 'no-answer' },
    { sid: four, outcome: 'skipped', detail: 'cancelled: stopped by Eve (#7)' },
  ]
  const of = (change: Partial<Command>) => {
    const { failed, left } = undoneOf(command({ results, ...change }))
    return [failed.map(({ sid }) => sid), left.map(({ sid }) => sid)]
  }
  expect(of({})).toEqual([[], []])
  expect(of({ state: 'applied', detail: 'stopped by Eve (#7)' })).toEqual([[two, three], [four]])
})
