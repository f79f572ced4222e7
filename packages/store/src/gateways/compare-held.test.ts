import { manualClock } from '@holdfast/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOf, type SessionRecord, type Sid } from '../contracts/index.ts'
import { createOwnedPartition } from '../partition/owned-partition.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { compareHeld, digestAt } from './compare-held.ts'

const G = 'gateway-1'
const SIDS = sidsOf(5, 6)
const [a, b] = SIDS
if (!a || !b) throw new Error('no sids')

function ownerOf(sessions: readonly SessionRecord[], dead: readonly Sid[] = []) {
  const owned = createOwnedPartition(5, manualClock(AT), null)
  for (const session of sessions) owned.sessions.put({ ...session }, true)
  for (const sid of dead) owned.dead.set(sid, AT)
  return owned
}

const NOTHING = { lost: [], unknown: [], estranged: [], over: [] }
const had = (...sids: Sid[]) => new Map(sids.map((sid) => [sid, 1]))
const given = { status: 'detached', detachedUntil: AT } as const

test('finds nothing where both know the same', () => {
  const owned = ownerOf([sessionOf(a), sessionOf(b, { gateway: 'gateway-2' })])
  expect(compareHeld(G, [[a, 1]], owned, had(a))).toEqual(NOTHING)
})

test('calls a session lost that memory had when it asked, and the gateway does not hold', () => {
  const session = sessionOf(a)
  expect(compareHeld(G, [], ownerOf([session]), had(a)).lost).toEqual([session])
})

test.each([
  ['came after the question', sessionOf(a), had(b)],
  ['was attached anew after the question', sessionOf(a, { connectionEpoch: 2 }), had(a)],
  ['the log has not told of yet', sessionOf(a, { serverRevision: 0 }), had(a)],
  ['waits for its player', sessionOf(a, given), had(a)],
  ['is another gateway’s', sessionOf(a, { gateway: 'gateway-2' }), had(a)],
  ['nobody here has asked about', sessionOf(a), null],
])('calls no session lost that %s', (_, session, asked) => {
  expect(compareHeld(G, [], ownerOf([session]), asked).lost).toEqual([])
})

test.each([
  ['unknown', 'is not known here', [], []],
  ['unknown', 'Redis alone has told of', [sessionOf(a, { serverRevision: 0 })], []],
  ['over', 'has ended', [], [a]],
  ['over', 'was given up', [sessionOf(a, given)], []],
  ['over', 'was attached anew', [sessionOf(a, { connectionEpoch: 2, gateway: 'gateway-2' })], []],
  ['estranged', 'a hand has called detached', [sessionOf(a, { status: 'detached' })], []],
  ['estranged', 'a hand has given another gateway', [sessionOf(a, { gateway: 'gateway-2' })], []],
] as const)('finds %s a connection whose session %s', (kind, _, sessions, dead) => {
  expect(compareHeld(G, [[a, 1]], ownerOf(sessions, dead), null)).toEqual({ ...NOTHING, [kind]: [a] })
})

test('finds estranged a connection whose last attachment was lost on the way', () => {
  expect(compareHeld(G, [[a, 2]], ownerOf([sessionOf(a)]), had(a))).toEqual({ ...NOTHING, estranged: [a] })
})

const fields = fc.record({
  gateway: fc.constantFrom(G, 'gateway-2'),
  connectionEpoch: fc.integer({ min: 1, max: 2 }),
  serverRevision: fc.constantFrom(0, 1, 5),
  detachedUntil: fc.constantFrom(null, AT),
  status: fc.constantFrom('connected' as const, 'detached' as const),
})

test('compares without a difference just where the digests are equal, but for records that a hand has touched', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fields), { maxLength: SIDS.length }), fc.subarray(SIDS), (known, held) => {
      const sessions = known.flatMap((each, at) => {
        const sid = SIDS[at]
        return each && sid ? [sessionOf(sid, each)] : []
      })
      const owned = ownerOf(sessions)
      const pairs = held.map((sid): [Sid, number] => [sid, 1])
      const all = new Map(sessions.map(({ sid, connectionEpoch }) => [sid, connectionEpoch]))
      const found = compareHeld(G, pairs, owned, all)
      const isEqual = digestAt(G, owned).hash === digestOf(pairs).hash
      const differs = Object.values(found).some((each) => each.length > 0)
      const isTouched = sessions.some(({ status, detachedUntil }) => status === 'detached' && detachedUntil === null)
      if (!isEqual) expect(differs).toBe(true)
      else if (!isTouched) expect(differs).toBe(false)
    }),
  )
})
