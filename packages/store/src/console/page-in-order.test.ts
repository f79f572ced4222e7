import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageInOrder } from './page-in-order.ts'

const rising = (a: number, b: number): number => a - b
const shuffled = (count: number): number[] => Array.from({ length: count }, (_, at) => (at * 7_919) % count)

test('a page is what a whole sort would have there', () => {
  const items = fc.uniqueArray(fc.integer(), { maxLength: 1_500, size: 'max' })
  fc.assert(
    fc.property(items, fc.nat(1_600), fc.nat(300), (all, from, count) => {
      expect(pageInOrder(all, rising, from, from + count)).toEqual(all.toSorted(rising).slice(from, from + count))
    }),
    { numRuns: 200 },
  )
})

test('a short page of many costs little more than one comparison of each', () => {
  const all = shuffled(10_000)
  for (const from of [0, 100, 9_900]) {
    let compared = 0
    const page = pageInOrder(
      all,
      (a, b) => {
        compared++
        return a - b
      },
      from,
      from + 100,
    )
    expect(page).toEqual(Array.from({ length: 100 }, (_, at) => from + at))
    expect(compared).toBeLessThan(all.length * 2)
  }
})

test('items that a sample misrepresents cost no more than some looks and a sort', () => {
  // Every item of the sample is among the last ones, each time.
  const all = Array.from({ length: 6_400 }, (_, at) => (at % 100 === 0 ? 1_000_000 - at : at))
  let compared = 0
  const page = pageInOrder(
    all,
    (a, b) => {
      compared++
      return a - b
    },
    3_000,
    3_100,
  )
  expect(page).toEqual(all.toSorted(rising).slice(3_000, 3_100))
  expect(compared).toBeLessThan(all.length * (12 + Math.log2(all.length)))
})

test('what is asked stays in its order, and a page beyond the end is empty', () => {
  const all = shuffled(1_000)
  const before = [...all]
  expect(pageInOrder(all, rising, 990, 1_090)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999])
  expect(pageInOrder(all, rising, 1_000, 1_100)).toEqual([])
  expect(pageInOrder([], rising, 0, 100)).toEqual([])
  expect(all).toEqual(before)
})
