import { type Command, createSid, type Sid } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { doingText, type Intended, intentsOf } from './intents.ts'

const sidOf = (number: number): Sid => createSid(`01ARZ3NDEKTSV4RRFFQ${String(number).padStart(7, '0')}`)
const [moth, wren, owl] = [sidOf(1), sidOf(2), sidOf(3)]

const told = (state: Command['state'], results: Command['results'] = [], detail?: string): Command => ({
  id: 'c-1',
  type: 'disconnect',
  target: { sids: [moth, wren, owl] },
  by: 'Corwin',
  state,
  results,
  ...(detail !== undefined && { detail }),
})
const given = (command?: Command, more: Partial<Intended> = {}): Intended => ({
  request: { type: 'disconnect' },
  sids: new Set([moth, wren, owl]),
  command,
  ...more,
})

describe('the intent of a boot', () => {
  it('is there at once, for each session that it is for, before the console has said anything', () => {
    const intentOf = intentsOf([given()])
    expect([moth, wren, owl].map(intentOf)).toEqual(Array(3).fill({ kind: 'doing', type: 'disconnect' }))
    expect(intentOf(sidOf(9))).toBeNull()
    expect(doingText({ kind: 'doing', type: 'disconnect' })).toBe('Booting…')
  })

  it('stays while what was ordered has not been seen to be done, and ends for whom nothing will be done', () => {
    const intentOf = intentsOf([
      given(
        told('accepted', [
          { sid: moth, outcome: 'done' },
          { sid: wren, outcome: 'refused', detail: 'a wizard' },
        ]),
      ),
    ])
    expect([moth, wren, owl].map((sid) => intentOf(sid)?.kind)).toEqual(['doing', undefined, 'doing'])
  })

  it('is late when the owner has not answered, and when the gateway has not done what it was told', () => {
    const unanswered = intentsOf([
      given(
        told(
          'timed-out',
          [
            { sid: moth, outcome: 'done' },
            { sid: wren, outcome: 'no-answer' },
          ],
          'no answer within 10 s',
        ),
      ),
    ])
    expect(unanswered(wren)).toEqual({ kind: 'late', type: 'disconnect', silent: 'server' })
    const undone = told(
      'applied',
      [{ sid: moth, outcome: 'done', detail: 'done; still differs: it is still there' }],
      'not verified',
    )
    expect(intentsOf([given(undone)])(moth)).toEqual({ kind: 'late', type: 'disconnect', silent: 'gateway' })
  })

  it('is over when the copies were read again, or when nothing was done', () => {
    expect(intentsOf([given(told('verified', [{ sid: moth, outcome: 'done' }]))])(moth)).toBeNull()
    expect(intentsOf([given(told('refused'))])(moth)).toBeNull()
  })

  it('gives way to a later command for the same session, and to a look at it', () => {
    const late = given(told('timed-out', [{ sid: moth, outcome: 'no-answer' }]))
    const recheck = given(undefined, { request: { type: 'recheck' }, sids: new Set([moth]) })
    expect(intentsOf([late, recheck])(moth)).toBeNull()
    expect(intentsOf([recheck, late])(moth)?.kind).toBe('late')
  })

  it('is not what a dry run or a message leaves behind', () => {
    const dryRun = given(undefined, { request: { type: 'reconcile', dryRun: true } })
    const message = given(undefined, { request: { type: 'message' } })
    expect(intentsOf([given(), dryRun, message])(moth)).toEqual({ kind: 'doing', type: 'disconnect' })
    expect(intentsOf([dryRun, message])(moth)).toBeNull()
  })

  it('is the same object while it is the same, so that rows are not drawn for nothing', () => {
    expect(intentsOf([given()])(moth)).toBe(intentsOf([given(told('sent'))])(wren))
  })
})
