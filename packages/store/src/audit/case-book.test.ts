import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { classify, type PendingWrite } from '../contracts/index.ts'
import { createOutbox } from '../partition/outbox.ts'
import { type Copies, copiesOf, readingsOf } from '../testing/copies.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'
import { quietLife } from '../testing/quiet-life.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import { createCaseBook, SUSPECTS_MAX } from './case-book.ts'
import type { Look } from './observer.ts'

const session = sessionOf(sidOf(1), { serverRevision: 4 })

function setUp() {
  const clock = manualClock(AT)
  const heard: string[] = []
  const { owned } = quietLife(5, clock)
  const cases = createCaseBook({
    clock,
    outbox: createOutbox({ batcher: recordingBatcher(), clock, incarnation: 'server-1', slotOf: () => 0 }),
    repairs: { repair: () => null, publish: (_, sids) => heard.push(`published ${sids.length}`) },
    events: {
      onFound: ({ cause }) => heard.push(`found ${cause}`),
      onHealed: (_, by) => heard.push(`healed by ${by}`),
      onRepaired: (cause) => heard.push(`repaired ${cause}`),
      onTooMany: () => heard.push('too many'),
    },
  })
  const look = (copies: Copies, pending: readonly PendingWrite[] = []): Look => {
    const before = cases.subject(session.sid)?.before ?? new Map()
    const verdict = classify({ copies, pending, before, now: clock.now() })
    return { sid: session.sid, verdict, copies, record: session }
  }
  return { clock, heard, owned, cases, look }
}

const DRIFTED = copiesOf(session, 'room', '- #0 #7')
const PENDING: PendingWrite[] = [{ side: 'server', fields: ['room'] }]

test('does not follow up what is merely pending, and forgets a suspect that turns out to be', () => {
  const { heard, owned, cases, look } = setUp()
  cases.take(owned, look(DRIFTED, PENDING))
  expect(cases.has(session.sid)).toBe(false)
  cases.suspect(owned, session.sid)
  cases.take(owned, look(DRIFTED, PENDING))
  expect([cases.has(session.sid), heard]).toEqual([false, []])
})

test('keeps an open finding while a write is on its way, and closes it when the copies agree', async () => {
  const { clock, heard, owned, cases, look } = setUp()
  cases.take(owned, look(DRIFTED))
  await clock.advance(3_000)
  cases.take(owned, look(DRIFTED))
  cases.take(owned, look(DRIFTED, PENDING))
  expect(cases.counts()).toEqual({ drifted: 1 })
  cases.take(owned, look(readingsOf(session)))
  expect(cases.counts()).toEqual({})
  expect(heard).toEqual(['published 1', 'found content', 'healed by itself'])
})

test('tells copies again only when it sees another difference', async () => {
  const { clock, heard, owned, cases, look } = setUp()
  for (let second = 0; second < 5; second++) {
    cases.take(owned, look(DRIFTED))
    await clock.advance(1_000)
  }
  cases.take(owned, look(copiesOf(session, 'room', '- #0 #8')))
  expect(heard).toEqual(['published 1', 'found content', 'published 1'])
})

test('suspects no more than its bound, and counts the rest', () => {
  const { heard, owned, cases } = setUp()
  for (let number = 0; number < SUSPECTS_MAX; number++) expect(cases.suspect(owned, sidOf(number))).toBe(true)
  expect(cases.suspect(owned, sidOf(0))).toBe(true) // known already
  expect(cases.suspect(owned, sidOf(SUSPECTS_MAX))).toBe(false)
  expect(heard).toEqual(['too many'])
})
