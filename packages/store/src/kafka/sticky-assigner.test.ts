import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Member, shareOut } from './sticky-assigner.ts'

const P = 64

const fresh = (id: string, fields: Partial<Member> = {}): Member => ({
  id,
  owned: [],
  generation: 1,
  draining: false,
  ...fields,
})
const members = (count: number): Member[] => Array.from({ length: count }, (_, i) => fresh(`m${i}`))

/** The members as they are after this assignment. */
const settled = (shares: ReadonlyMap<string, readonly number[]>, generation = 2): Member[] =>
  [...shares].map(([id, owned]) => fresh(id, { owned: [...owned], generation }))

const ownersOf = (shares: ReadonlyMap<string, readonly number[]>): string[] => {
  const owners: string[] = []
  for (const [id, partitions] of shares) for (const partition of partitions) owners[partition] = id
  return owners
}

const movedBetween = (
  before: ReadonlyMap<string, readonly number[]>,
  after: ReadonlyMap<string, readonly number[]>,
) => {
  const [old, now] = [ownersOf(before), ownersOf(after)]
  return now.filter((owner, partition) => owner !== old[partition]).length
}

/** Each member may keep the fair number, the largest ones first the one more that is left over. */
function fewestMoves(group: readonly Member[]): number {
  const extras = P % group.length
  const held = group.map(({ owned }) => owned.length).sort((x, y) => y - x)
  const kept = held.map((count, i) => Math.min(count, Math.floor(P / group.length) + (i < extras ? 1 : 0)))
  return P - kept.reduce((sum, count) => sum + count, 0)
}

const claimArbitrary = fc.record({
  owned: fc.array(fc.integer({ min: -2, max: P + 2 }), { maxLength: P }),
  generation: fc.nat(3),
  draining: fc.boolean(),
})
const groups = fc
  .array(claimArbitrary, { minLength: 1, maxLength: 9 })
  .map((claims) => claims.map((claim, i): Member => ({ id: `m${i}`, ...claim })))

test('gives each partition to exactly one member, whatever the members claim', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 1, max: P }), (group, count) => {
      const given = [...shareOut(group, count).values()].flat().sort((x, y) => x - y)
      expect(given).toEqual(Array.from({ length: count }, (_, partition) => partition))
    }),
  )
})

test('gives all that stay the same number of partitions, give or take one', () => {
  fc.assert(
    fc.property(groups, (group) => {
      const sizes = [...shareOut(group, P).values()].map((share) => share.length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

test('gives the same whatever order the members are listed in', () => {
  const shuffled = groups.chain((group) =>
    fc.tuple(fc.constant(group), fc.shuffledSubarray(group, { minLength: group.length })),
  )
  fc.assert(
    fc.property(shuffled, ([group, permuted]) => {
      expect(ownersOf(shareOut(permuted, P))).toEqual(ownersOf(shareOut(group, P)))
    }),
  )
})

test('gives a draining member nothing while another is there', () => {
  fc.assert(
    fc.property(groups, (group) => {
      const shares = shareOut(group, P)
      if (group.every(({ draining }) => draining)) expect(shares.size).toBe(group.length)
      else for (const { id } of group.filter(({ draining }) => draining)) expect(shares.get(id) ?? []).toEqual([])
    }),
  )
})

test('moves nothing when the same members meet again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), (count) => {
      const shares = shareOut(members(count), P)
      expect(movedBetween(shares, shareOut(settled(shares), P))).toBe(0)
    }),
  )
})

test.each([
  ['one of four leaves', 4, 3, 16],
  ['a fourth joins three', 3, 4, 16],
  ['two join three', 3, 5, 26],
  ['a second joins the first', 1, 2, 32],
])('moves no more than must be when %s', (_, from, to, bound) => {
  const before = shareOut(members(from), P)
  const stay = settled(before).slice(0, to)
  const group = [
    ...stay,
    ...members(to)
      .slice(stay.length)
      .map((member) => ({ ...member, generation: 0 })),
  ]
  expect(movedBetween(before, shareOut(group, P))).toBeLessThanOrEqual(bound)
})

test('moves as few as can be, over any history of sizes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 8 }), (sizes) => {
      let shares = shareOut(members(sizes[0] ?? 1), P)
      let generation = 2
      for (const size of sizes.slice(1)) {
        const stay = settled(shares, generation).slice(0, size)
        const group = [
          ...stay,
          ...Array.from({ length: size - stay.length }, (_, i) => fresh(`g${generation}-${i}`, { generation: 0 })),
        ]
        const next = shareOut(group, P)
        expect(movedBetween(shares, next)).toBe(fewestMoves(group))
        shares = next
        generation++
      }
    }),
  )
})

test('takes nothing from those who stay when one drains', () => {
  const before = shareOut(members(4), P)
  const group = settled(before).map((member) => ({ ...member, draining: member.id === 'm3' }))
  expect(movedBetween(before, shareOut(group, P))).toBe(16)
})

test('believes the newest of two claims for a partition', () => {
  const stale = fresh('a', { owned: [0, 1], generation: 4 })
  const newest = fresh('b', { owned: [0, 1], generation: 5 })
  expect(shareOut([stale, newest], 4).get('b')).toEqual([0, 1])
  expect(shareOut([{ ...stale, generation: 6 }, newest], 4).get('a')).toEqual([0, 1])
})
