import type { Command } from '@holdfast/store/contracts'
import { createSid } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { isOver, outcomeText } from './command-words.ts'

const SID = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const command = (change: Partial<Command>): Command => ({
  id: 'c1',
  type: 'reconcile',
  target: { sids: [SID] },
  truth: 'owner',
  by: 'Corwin',
  state: 'verified',
  results: [{ sid: SID, outcome: 'done' }],
  ...change,
})
const row = { sid: SID, field: 'room', to: 'redis', before: '#407', after: '#412' } as const

describe('how a command ended', () => {
  it('says what was written, and that it was looked at again', () => {
    const plan = [row, { ...row, field: 'client' }, { ...row, field: 'x', skipped: 'a write is on its way' }]
    expect(outcomeText(command({ plan }), 'Thornwick')).toEqual({
      look: 'good',
      text: 'Reconciled Thornwick: 2 fields written, verified.',
    })
  })

  it('never calls verified what was not', () => {
    expect(outcomeText(command({ state: 'applied', detail: 'not verified: drifted: room' }), 'Thornwick')).toEqual({
      look: 'bad',
      text: 'Reconciled Thornwick: not verified: drifted: room.',
    })
  })

  it('counts each outcome of many', () => {
    const results = ['done', 'gone', 'refused', 'no-answer'].map((outcome) => ({
      sid: SID,
      outcome: outcome as 'done',
    }))
    expect(outcomeText(command({ type: 'disconnect', results }), '4 sessions')).toEqual({
      look: 'bad',
      text: 'Booted 4 sessions: 1 done, 1 gone already, 1 refused, 1 without an answer, verified.',
    })
  })

  it('says what is not known when nobody answered', () => {
    expect(outcomeText(command({ state: 'timed-out', results: [] }), 'Sable').text).toContain('State unknown')
  })

  it('takes one who left by himself as no error', () => {
    const gone = command({ type: 'disconnect', results: [{ sid: SID, outcome: 'gone' }] })
    expect(outcomeText(gone, 'Isolde')).toEqual({ look: 'good', text: 'Isolde: already gone.' })
  })

  it('is over when it was looked at again, or when there is nothing to look at', () => {
    expect(isOver(command({ state: 'applied' }))).toBe(false)
    expect(isOver(command({ state: 'applied', dryRun: true }))).toBe(true)
    expect(isOver(command({ state: 'applied', type: 'message' }))).toBe(true)
    expect(isOver(command({ state: 'accepted' }))).toBe(false)
  })
})
