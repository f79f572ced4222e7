import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sidOf } from '../testing/fixtures.ts'
import { digestOf, fingerprintOf } from './digest.ts'
import type { Sid } from './session-id.ts'

const held = fc.uniqueArray(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 3 })), {
  maxLength: 40,
  selector: ([number]) => number,
})
const asHeld = (pairs: readonly [number, number][]): [Sid, number][] =>
  pairs.map(([number, connectionEpoch]) => [sidOf(number), connectionEpoch])

test('is the same for the same connections, in whatever order they come', () => {
  fc.assert(
    fc.property(held, fc.nat(), (pairs, at) => {
      const cut = pairs.length === 0 ? 0 : at % pairs.length
      const turned = [...pairs.slice(cut), ...pairs.slice(0, cut)].reverse()
      expect(digestOf(asHeld(turned))).toEqual(digestOf(asHeld(pairs)))
    }),
  )
})

test('is another when a connection is missing, added, or attached anew', () => {
  fc.assert(
    fc.property(held, fc.nat(), (pairs, at) => {
      fc.pre(pairs.length > 0)
      const all = asHeld(pairs)
      const { hash, count } = digestOf(all)
      const which = at % all.length
      const without = all.filter((_, index) => index !== which)
      const attached = all.map(([sid, epoch], index): [Sid, number] => [sid, index === which ? epoch + 1 : epoch])
      expect(digestOf(without)).toMatchObject({ count: count - 1 })
      expect(digestOf(without).hash).not.toBe(hash)
      expect(digestOf([...all, [sidOf(501), 1]]).hash).not.toBe(hash)
      expect(digestOf(attached)).toMatchObject({ count })
      expect(digestOf(attached).hash).not.toBe(hash)
    }),
  )
})

test('says of nothing that it is nothing', () => {
  expect(digestOf([])).toEqual({ count: 0, hash: '0000000000000000' })
})

test('marks a hundred thousand sessions without two alike', () => {
  const marks = new Set<number>()
  const hashes = new Set<string>()
  for (let number = 0; number < 100_000; number++) {
    const sid = sidOf(number)
    marks.add(fingerprintOf(sid))
    hashes.add(digestOf([[sid, 1]]).hash)
  }
  expect([marks.size, hashes.size]).toEqual([100_000, 100_000])
  for (const mark of marks) if (!Number.isSafeInteger(mark)) throw new Error(`${mark}`)
})
