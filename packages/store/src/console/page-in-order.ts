export type Compare<T> = (a: T, b: T) => number

/** Fewer than these are sorted: looking for a place to part them would cost as much. */
const SORTED_BELOW = 256
const SAMPLES = 64
/** How far beside the page's own place in the sample they are parted, so that most often the whole page is on one side. */
const MARGIN = 2
/** A sample may mislead; after so many of them everything that is left is sorted. */
const PARTINGS_MAX = 12

/**
 * The items that would stand at `from` up to `to` if all were sorted, in that order: as a whole sort followed by a slice, at the
 * cost of little more than one look at each item where the page is short. Leaves `items` as it is. Empty for a page beyond the end.
 * `order` is total, so that there is only one such page.
 */
export const pageInOrder = <T>(items: readonly T[], order: Compare<T>, from: number, to: number): T[] =>
  selected(items, order, Math.max(0, from), Math.min(to, items.length), PARTINGS_MAX)

function selected<T>(items: readonly T[], order: Compare<T>, from: number, to: number, partingsLeft: number): T[] {
  if (from >= to) return []
  const pivot = items.length < SORTED_BELOW || partingsLeft === 0 ? undefined : pivotFor(items, order, from, to)
  if (pivot === undefined) return items.toSorted(order).slice(from, to)
  const before: T[] = []
  const same: T[] = []
  const behind: T[] = []
  for (const item of items) {
    const found = order(item, pivot)
    if (found < 0) before.push(item)
    else if (found > 0) behind.push(item)
    else same.push(item)
  }
  const part = (some: readonly T[], startsAt: number): T[] =>
    selected(some, order, Math.max(0, from - startsAt), Math.min(to - startsAt, some.length), partingsLeft - 1)
  const startOfBehind = before.length + same.length
  return [
    ...part(before, 0),
    ...same.slice(Math.max(0, from - before.length), Math.max(0, to - before.length)),
    ...part(behind, startOfBehind),
  ]
}

/** An item that most likely has the page on one side and, of what is not in it, most on the other. */
function pivotFor<T>(items: readonly T[], order: Compare<T>, from: number, to: number): T | undefined {
  const step = Math.floor(items.length / SAMPLES)
  const sample = items.filter((_, index) => index % step === 0).sort(order)
  const place = (rank: number): number => (rank / items.length) * sample.length
  const isNearStart = to <= items.length - from
  const at = isNearStart ? Math.ceil(place(to)) + MARGIN : Math.floor(place(from)) - MARGIN
  return sample[Math.min(sample.length - 1, Math.max(0, at))]
}
