import type { Command } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { stepsOf } from './stepper.tsx'

const command = (change: Partial<Command>): Command => ({
  id: 'c1',
  type: 'disconnect',
  target: { filter: '' },
  by: 'Corwin',
  state: 'sent',
  results: [],
  ...change,
})
const looks = (change: Partial<Command>) => stepsOf(command(change)).map(({ name, look }) => `${name} ${look}`)

describe('the steps of a command', () => {
  it('are all ahead before it is given', () => {
    expect(stepsOf(null).every(({ look }) => look === 'ahead')).toBe(true)
  })

  it('are never ahead of what the console said', () => {
    expect(looks({ state: 'accepted' })).toEqual(['sent done', 'accepted done', 'applied now', 'verified ahead'])
    expect(looks({ state: 'verified' })).toEqual(['sent done', 'accepted done', 'applied done', 'verified done'])
  })

  it('end with applied where there is nothing to read again', () => {
    expect(looks({ type: 'message', state: 'applied' })).toEqual(['sent done', 'accepted done', 'applied done'])
  })

  it('show where it stopped, and why', () => {
    expect(looks({ state: 'timed-out' })[2]).toBe('no answer in 10 s. State unknown failed')
    expect(looks({ state: 'refused', detail: 'Kafka is away' })[1]).toBe('Kafka is away failed')
    expect(looks({ state: 'applied', detail: 'not verified: 2 sessions still differ' })[3]).toContain('failed')
  })
})
