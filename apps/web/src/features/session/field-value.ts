import { preciseWhenText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { diffTexts, type Piece } from './diff-text.ts'

/** Values that are moments, epoch ms. */
const MOMENTS = new Set(['connectedAt', 'lastConnectionSignal', 'detachedUntil'])

export interface ValueOptions {
  /** As it is kept, not as people read it. */
  isRaw: boolean
  /** The console's time, epoch ms. */
  now: number
}

/** A value as one text. Strings stand without quotes, save where blanks would not be seen. */
export function valueText(name: string, value: unknown, { isRaw, now }: ValueOptions): string {
  if (Array.isArray(value))
    return isRaw
      ? visibleText(JSON.stringify(value))
      : `{ ${value.map((each) => visibleText(String(each))).join(', ')} }`
  if (typeof value === 'string')
    return isRaw || isBlank(value) ? visibleText(JSON.stringify(value)) : visibleText(value)
  if (typeof value === 'number' && MOMENTS.has(name) && !isRaw) return preciseWhenText(value, now)
  if (typeof value === 'object' && value !== null)
    return visibleText(JSON.stringify(value, null, isRaw ? undefined : 1))
  return String(value)
}

const isBlank = (text: string): boolean => text.trim() !== text || text === ''

/** Equal as values: order counts in no set of names, and keys have none. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

/** The same text for values that are equal. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).sort())
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'undefined'
}

/** Two values of one field as pieces, what differs marked in both: characters, members of a set, or the type. */
export function diffValues(
  name: string,
  left: unknown,
  right: unknown,
  options: ValueOptions,
): { left: readonly Piece[]; right: readonly Piece[] } {
  if (Array.isArray(left) && Array.isArray(right) && !options.isRaw)
    return diffSets(left.map(String), right.map(String))
  if (typeof left !== typeof right && String(left) === String(right)) return { left: typed(left), right: typed(right) }
  return diffTexts(valueText(name, left, options), valueText(name, right, options))
}

/** The same letters of another type: the quotes are the difference. */
function typed(value: unknown): readonly Piece[] {
  const text = { text: visibleText(String(value)), isOdd: false }
  const quote = { text: '"', isOdd: true }
  return typeof value === 'string' ? [quote, text, quote] : [text]
}

/** What the right one has more is `+`, what it lacks `-`; the left one stays as it is. */
function diffSets(
  left: readonly string[],
  right: readonly string[],
): { left: readonly Piece[]; right: readonly Piece[] } {
  const members = [...left.filter((each) => right.includes(each)), ...left.filter((each) => !right.includes(each))]
  const more = right.filter((each) => !left.includes(each))
  const piece = (text: string, isOdd: boolean): Piece => ({ text: visibleText(text), isOdd })
  return {
    left: braced(members.map((each) => piece(each, !right.includes(each)))),
    right: braced([
      ...members.map((each) => (right.includes(each) ? piece(each, false) : piece(`- ${each}`, true))),
      ...more.map((each) => piece(`+ ${each}`, true)),
    ]),
  }
}

function braced(pieces: readonly Piece[]): readonly Piece[] {
  const parts = pieces.flatMap((piece, index) => (index === 0 ? [piece] : [{ text: ', ', isOdd: false }, piece]))
  return [{ text: '{ ', isOdd: false }, ...parts, { text: ' }', isOdd: false }]
}
