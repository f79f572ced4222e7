import { type Cell, createSid, type Field } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { foreseenPlan, isCovered, isSamePlan, planKeys } from './foreseen-plan.ts'

const sid = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const AT = '2026-11-24T02:14:08.000Z'
const value = (of: unknown): Cell => ({ kind: 'value', value: of, observedAt: AT })
const absent: Cell = { kind: 'absent', observedAt: AT }
const field = (name: string, cells: [Cell, Cell, Cell], change: Partial<Field> = {}): Field => ({
  name,
  redisField: name,
  owner: 'server',
  state: 'drifted',
  since: AT,
  cells: { gateway: cells[0], server: cells[1], redis: cells[2] },
  pending: null,
  ...change,
})
const notHeld: Cell = { kind: 'not-held' }
const fields = [
  field('room', [notHeld, value('#412'), value('#407')]),
  field('meta:prompt', [notHeld, value('x'), absent]),
  field('lastConnectionSignal', [notHeld, value(2), value(1)], { state: 'settling' }),
  field('capabilities', [value(['A']), value(['A']), { kind: 'unknown', reason: 'not JSON', observedAt: null }], {
    state: 'unknown',
  }),
  field('host', [value('a'), value('a'), value('a')], { state: 'in-sync' }),
]

it('takes each field from its owner, and leaves alone what is on its way or not read', () => {
  expect(
    foreseenPlan(sid, fields, 'owner').map(({ field: name, to, before, after, skipped }) => [
      name,
      to,
      before,
      after,
      skipped,
    ]),
  ).toEqual([
    ['room', 'redis', '#407', '#412', undefined],
    ['meta:prompt', 'redis', null, 'x', undefined],
    ['lastConnectionSignal', 'redis', 1, 2, 'a write is on its way'],
  ])
})

it('with Redis as the truth writes the memories', () => {
  expect(foreseenPlan(sid, fields.slice(0, 1), 'redis')).toMatchObject([
    { field: 'room', to: 'server', before: '#412', after: '#407' },
  ])
})

describe('a plan that was shown', () => {
  const shown = foreseenPlan(sid, fields, 'owner')
  const after = (...change: Field[]): ReturnType<typeof foreseenPlan> =>
    foreseenPlan(sid, [...fields.filter(({ name }) => !change.some((each) => each.name === name)), ...change], 'owner')

  it('is another one as soon as a hand changes a further field, or a value of it', () => {
    expect(isSamePlan(shown, after(field('height', [notHeld, value(24), value(99)])))).toBe(false)
    expect(isSamePlan(shown, after(field('room', [notHeld, value('#412'), value('#1')])))).toBe(false)
    expect(isSamePlan(shown, after(field('room', [notHeld, value('#412'), value('#412')])))).toBe(false)
  })

  it('stays the same while the player goes on: a write on its way, or what was observed anew', () => {
    const signal = field('lastConnectionSignal', [notHeld, value(9), value(2)], { state: 'settling' })
    const seenLater: Cell = { kind: 'value', value: '#407', observedAt: '2026-11-24T02:15:00.000Z' }
    expect(isSamePlan(shown, after(signal, field('room', [notHeld, value('#412'), seenLater])))).toBe(true)
  })

  it('covers what is left of it, and nothing that came since', () => {
    const planned = planKeys(shown)
    expect(isCovered(planKeys(after(field('room', [notHeld, value('#412'), value('#412')]))), planned)).toBe(true)
    expect(isCovered(planKeys(after(field('height', [notHeld, value(24), value(99)]))), planned)).toBe(false)
  })
})
