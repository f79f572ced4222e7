import { manualClock } from '@holdfast/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sidOf } from '../testing/fixtures.ts'
import { createDirtySet, type Taken } from './dirty-set.ts'

/** Dead letters in the dirty set: what Redis refuses for good. */

const [a, b] = [sidOf(1), sidOf(2)]

function withDeadLetter() {
  const clock = manualClock()
  const dirty = createDirtySet(clock)
  dirty.mark(a, 'room')
  dirty.mark(b, 'room')
  const taken = dirty.take()
  const letter = dirty.bury(taken, a, 'WRONGTYPE')
  return { clock, dirty, taken, letter }
}

test('keeps a dead letter in memory, and tries it no more', () => {
  const { dirty, taken, letter } = withDeadLetter()
  dirty.settle(taken)
  expect(letter).toMatchObject({ fields: new Set(['room']), attempts: 1, error: 'WRONGTYPE' })
  expect([dirty.size, dirty.isEmpty, dirty.take().size]).toEqual([0, true, 0])
  expect([...dirty.deadLetters().keys()]).toEqual([a])
  expect([dirty.has(a), dirty.has(b)]).toEqual([true, false])
})

test('tells that a dead letter is dead, since when, and that nobody will try it', async () => {
  const { clock, dirty, taken } = withDeadLetter()
  const since = clock.now()
  dirty.settle(taken)
  await clock.advance(5_000)
  expect(dirty.waiting(a, clock.now() + 50)).toEqual({
    fields: ['room'],
    since,
    attempts: 1,
    nextAt: null,
    error: 'WRONGTYPE',
    isDead: true,
  })
})

test('tells what is tried and when next', () => {
  const clock = manualClock()
  const dirty = createDirtySet(clock)
  dirty.mark(a, 'room')
  expect(dirty.waiting(a, 123)).toMatchObject({ attempts: 0, nextAt: 123, error: null, isDead: false })
  dirty.putBack(dirty.take(), 'time-out')
  expect(dirty.waiting(a, 456)).toMatchObject({ attempts: 1, nextAt: 456, error: 'time-out', isDead: false })
  expect(dirty.waiting(b, 456)).toBeNull()
})

test('tries a dead letter anew, with all of it, when its session changes', () => {
  const { dirty, taken } = withDeadLetter()
  dirty.settle(taken)
  dirty.mark(a, 'hidden')
  expect(dirty.deadLetters().size).toBe(0)
  expect(dirty.entries().get(a)).toMatchObject({ fields: new Set(['room', 'hidden']), attempts: 1, isSuspect: true })
})

test('makes no dead letter of a session that was changed while it was refused: that change is tried', () => {
  const dirty = createDirtySet(manualClock())
  dirty.mark(a, 'room')
  const taken = dirty.take()
  dirty.mark(a, 'hidden')
  expect(dirty.bury(taken, a, 'too large')).toBeNull()
  dirty.settle(taken)
  expect(dirty.deadLetters().size).toBe(0)
  expect(dirty.entries().get(a)).toMatchObject({ fields: new Set(['hidden', 'room']), attempts: 1, error: 'too large' })
})

test('revives a dead letter once, and knows none that it does not have', () => {
  const { dirty, taken } = withDeadLetter()
  dirty.settle(taken)
  expect([dirty.revive(a), dirty.revive(a), dirty.revive(b)]).toEqual([true, false, false])
  expect(dirty.entries().get(a)).toMatchObject({ fields: new Set(['room']), attempts: 1, isSuspect: true })
})

test('gives a dead letter up with what it held', () => {
  const { dirty, taken } = withDeadLetter()
  dirty.settle(taken)
  expect(dirty.giveUp(a)?.fields).toEqual(new Set(['room']))
  expect([dirty.giveUp(a), dirty.has(a), dirty.waiting(a)]).toEqual([null, false, null])
})

test('puts back what two lives took of one session, though one of them has buried it', () => {
  const dirty = createDirtySet(manualClock())
  dirty.mark(a, 'room')
  const old = dirty.take()
  dirty.mark(a, 'hidden')
  const newer = dirty.take()
  dirty.bury(newer, a, 'too large')
  dirty.settle(newer)
  dirty.putBack(old, 'time-out')
  expect(dirty.deadLetters().size).toBe(0)
  expect(dirty.entries().get(a)?.fields).toEqual(new Set(['hidden', 'room']))
})

test('loses no mark over any sequence of marks, failures, deaths and revivals, and holds each session once', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('mark' as const),
      sid: fc.constantFrom(a, b),
      field: fc.constantFrom('x', 'y', 'z'),
    }),
    fc.record({ kind: fc.constantFrom('bury' as const, 'revive' as const), sid: fc.constantFrom(a, b) }),
    fc.record({ kind: fc.constantFrom('fail' as const, 'take' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step), (plan) => {
      const dirty = createDirtySet(manualClock())
      const marked = new Map([a, b].map((sid) => [sid, new Set<string>()]))
      let flying: Taken | null = null
      for (const each of plan) {
        if (each.kind === 'mark') {
          dirty.mark(each.sid, each.field)
          marked.get(each.sid)?.add(each.field)
        } else if (each.kind === 'bury') {
          if (flying?.has(each.sid)) dirty.bury(flying, each.sid, 'no')
        } else if (each.kind === 'revive') dirty.revive(each.sid)
        else if (each.kind === 'fail' && flying) {
          dirty.putBack(flying, 'no')
          flying = null
        } else if (each.kind === 'take') flying ??= dirty.take()
        for (const sid of [a, b]) {
          expect(new Set(dirty.pendingFields(sid))).toEqual(marked.get(sid))
          expect(dirty.deadLetters().has(sid) && dirty.entries().has(sid)).toBe(false)
        }
      }
    }),
  )
})
