import { type Command, createSid } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { createCommandLooks, LATE_FOR_MS, LATE_LOOK_MS } from './command-looks.ts'

const SID = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const command = (state: Command['state'], change: Partial<Command> = {}): Command => ({
  id: 'c1',
  type: 'disconnect',
  target: { sids: [SID] },
  by: 'Corwin',
  state,
  results: [],
  ...change,
})

describe('a command that is followed', () => {
  it('is looked at often until it is over, and then no more', () => {
    const next = createCommandLooks()
    expect([undefined, command('sent'), command('applied')].map((each) => next(each, 0))).toEqual([500, 500, 500])
    for (const state of ['verified', 'failed', 'superseded', 'refused'] as const)
      expect(next(command(state), 0)).toBe(false)
  })

  it('is looked at for a late answer after it has timed out, more seldom, and not for ever', () => {
    const next = createCommandLooks()
    expect(next(command('timed-out'), 1_000)).toBe(LATE_LOOK_MS)
    expect(next(command('timed-out'), LATE_FOR_MS)).toBe(LATE_LOOK_MS)
    expect(next(command('timed-out'), LATE_FOR_MS + 1_000)).toBe(false)
  })

  it('is looked at until it is verified where its answer came late, and no longer', () => {
    const next = createCommandLooks()
    next(command('timed-out'), 1_000)
    expect(next(command('applied'), 20_000)).toBe(LATE_LOOK_MS)
    expect(next(command('applied'), LATE_FOR_MS + 1_000)).toBe(false)
    expect(next(command('verified'), 25_000)).toBe(false)
    expect(next(command('sent', { id: 'c2' }), LATE_FOR_MS + 2_000)).toBe(500)
  })
})
