/** The order of a list as the URL has it: `-idle,handle`. */

export interface SortKey {
  key: string
  isFalling: boolean
}

export const sortKeysOf = (text: string): readonly SortKey[] =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => ({ key: part.replace(/^-/, ''), isFalling: part.startsWith('-') }))

const textOf = (keys: readonly SortKey[]): string =>
  keys.map(({ key, isFalling }) => `${isFalling ? '-' : ''}${key}`).join(',')

/** A press on a head: rising, falling, not at all. `isMore` (with Shift) keeps the keys that are there, in their weight. */
export function pressedSort(text: string, key: string, isMore: boolean): string {
  const keys = sortKeysOf(text)
  const found = keys.find((each) => each.key === key)
  const next: SortKey | null = !found ? { key, isFalling: false } : found.isFalling ? null : { key, isFalling: true }
  if (!isMore) return next === null ? '' : textOf([next])
  if (!found) return textOf([...keys, { key, isFalling: false }])
  return textOf(keys.flatMap((each) => (each.key === key ? (next ? [next] : []) : [each])))
}
