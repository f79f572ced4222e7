import { manualClock } from '@holdfast/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sidOf } from '../testing/fixtures.ts'
import { createDirtySet } from './dirty-set.ts'

const [a, b] = [sidOf(1), sidOf(2)]

test('keeps one entry a session however often it changes', () => {
  const dirty = createDirtySet(manualClock())
  for (let i = 0; i < 1_000; i++) dirty.mark(a, i % 2 ? 'room' : 'meta:color')
  dirty.mark(b, 'room')
  expect(dirty.size).toBe(2)
  expect(dirty.pendingFields(a)).toEqual(['meta:color', 'room'])
})

test('knows since when the oldest change of a session waits', async () => {
  const clock = manualClock()
  const dirty = createDirtySet(clock)
  dirty.mark(a, 'room')
  await clock.advance(500)
  dirty.mark(a, 'player')
  expect(dirty.entries().get(a)?.since).toBe(0)
})

test('shows a session that is written whole as all of it pending', () => {
  const dirty = createDirtySet(manualClock())
  dirty.mark(a, 'room')
  dirty.markWhole(a)
  expect(dirty.pendingFields(a)).toEqual(['*'])
  expect(dirty.pendingFields(b)).toEqual([])
})

test('keeps what is marked during a flush out of that flush', () => {
  const dirty = createDirtySet(manualClock())
  dirty.mark(a, 'room')
  const taken = dirty.take()
  dirty.mark(a, 'player')
  expect([...(taken.get(a)?.fields ?? [])]).toEqual(['room'])
  expect([...(dirty.entries().get(a)?.fields ?? [])]).toEqual(['player'])
})

test('adds what a flush did not store to what was marked meanwhile, with the older age and the try counted', async () => {
  const clock = manualClock()
  const dirty = createDirtySet(clock)
  dirty.mark(a, 'room')
  await clock.advance(100)
  const taken = dirty.take()
  dirty.mark(a, 'player')
  dirty.putBack(taken, 'time-out')
  expect(dirty.entries().get(a)).toEqual({
    fields: new Set(['player', 'room']),
    whole: false,
    ending: null,
    rewrite: null,
    since: 0,
    attempts: 1,
    error: 'time-out',
    isSuspect: false,
  })
  dirty.putBack(dirty.take(), 'again')
  expect(dirty.entries().get(a)).toMatchObject({ attempts: 2, error: 'again' })
})

test('counts no try that was never made', () => {
  const dirty = createDirtySet(manualClock())
  dirty.mark(a, 'room')
  dirty.putBack(dirty.take(), 'time-out')
  dirty.putBack(dirty.take(), null)
  expect(dirty.entries().get(a)).toMatchObject({ attempts: 1, error: 'time-out' })
})

test('shows what a flush has under way as pending, until it is settled', () => {
  const dirty = createDirtySet(manualClock())
  dirty.mark(a, 'room')
  const taken = dirty.take()
  dirty.mark(a, 'player')
  expect([...dirty.pendingFields(a)].sort()).toEqual(['player', 'room'])
  expect(dirty.size).toBe(1)
  dirty.settle(taken)
  expect(dirty.pendingFields(a)).toEqual(['player'])
  dirty.settle(dirty.take())
  expect(dirty.size).toBe(0)
})

test('gives each of two overlapping flushes back what it took itself', () => {
  const dirty = createDirtySet(manualClock())
  dirty.mark(a, 'room')
  const first = dirty.take()
  dirty.mark(b, 'room')
  const second = dirty.take()
  dirty.settle(second)
  dirty.putBack(first, 'time-out')
  expect([...dirty.entries().keys()]).toEqual([a])
})

test('lets the newer ending win over the one that comes back', () => {
  const dirty = createDirtySet(manualClock())
  dirty.markEnded(a, { connectionEpoch: 1, reason: 'client', at: 1 })
  const taken = dirty.take()
  dirty.markEnded(a, { connectionEpoch: 2, reason: 'lost', at: 2 })
  dirty.putBack(taken, 'time-out')
  expect(dirty.entries().get(a)?.ending).toEqual({ connectionEpoch: 2, reason: 'lost', at: 2 })
})

test('forgets no mark over any sequence of marks and failed flushes, and never holds more than the sessions there are', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('mark' as const),
        sid: fc.constantFrom(a, b),
        field: fc.constantFrom('x', 'y', 'z'),
      }),
      fc.record({ kind: fc.constantFrom('fail' as const, 'take' as const) }),
    ),
  )
  fc.assert(
    fc.property(steps, (plan) => {
      const dirty = createDirtySet(manualClock())
      const marked = new Map<string, Set<string>>([a, b].map((sid) => [sid, new Set()]))
      let flying: ReturnType<typeof dirty.take> | null = null
      for (const step of plan) {
        if (step.kind === 'mark') {
          dirty.mark(step.sid, step.field)
          marked.get(step.sid)?.add(step.field)
        } else if (flying) {
          dirty.putBack(flying, 'no')
          flying = null
        } else flying = dirty.take()
        expect(dirty.size).toBeLessThanOrEqual(2)
      }
      if (flying) dirty.putBack(flying, 'no')
      for (const sid of [a, b]) expect(new Set(dirty.pendingFields(sid))).toEqual(marked.get(sid))
    }),
  )
})
