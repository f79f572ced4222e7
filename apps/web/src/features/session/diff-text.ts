/** A piece of a value; `isOdd` where the other copy has something else there. */
export interface Piece {
  text: string
  isOdd: boolean
}

/** Two values of one field, each with what the other does not have marked. */
export interface TextDiff {
  left: readonly Piece[]
  right: readonly Piece[]
}

/** Middles up to this are marked whole: one box says more than three letters apart. */
const WHOLE_MAX = 12
/** Longer texts are marked whole beyond their common ends: telling words apart would take too long. */
const WORDS_MAX = 400

/** What two texts have at both ends is the same; what lies between is told apart word by word. */
export function diffTexts(left: string, right: string): TextDiff {
  const [a, b] = [Array.from(left), Array.from(right)]
  const start = sameStart(a, b)
  const end = sameEnd(a.slice(start), b.slice(start))
  const middle = (each: readonly string[]): string => each.slice(start, each.length - end).join('')
  const inner = diffMiddles(middle(a), middle(b))
  const head = a.slice(0, start).join('')
  const tail = a.slice(a.length - end).join('')
  const whole = (pieces: readonly Piece[]): readonly Piece[] =>
    joined([{ text: head, isOdd: false }, ...pieces, { text: tail, isOdd: false }])
  return { left: whole(inner.left), right: whole(inner.right) }
}

function sameStart(a: readonly string[], b: readonly string[]): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}

const sameEnd = (a: readonly string[], b: readonly string[]): number => sameStart(a.toReversed(), b.toReversed())

function diffMiddles(left: string, right: string): TextDiff {
  const isShort = left.length <= WHOLE_MAX || right.length <= WHOLE_MAX
  const [a, b] = [wordsOf(left), wordsOf(right)]
  if (isShort || a.length * b.length > WORDS_MAX ** 2) return { left: odd(left), right: odd(right) }
  const common = commonWords(a, b)
  const marked = (words: readonly string[], side: 0 | 1): readonly Piece[] => {
    const same = new Set(common.map((pair) => pair[side]))
    return words.map((text, index) => ({ text, isOdd: !same.has(index) }))
  }
  return { left: marked(a, 0), right: marked(b, 1) }
}

const odd = (text: string): readonly Piece[] => [{ text, isOdd: true }]
const wordsOf = (text: string): readonly string[] => text.match(/\w+|\s+|[^\w\s]/gu) ?? []

/** The longest run of words that both have, in order: pairs of places. */
function commonWords(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const pairs: [number, number][] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) pairs.push([i++, j++])
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return pairs
}

/** Neighbours of a kind are one piece; empty ones are none. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const found: Piece[] = []
  for (const piece of pieces) {
    const last = found.at(-1)
    if (piece.text === '') continue
    if (last && last.isOdd === piece.isOdd) last.text += piece.text
    else found.push({ ...piece })
  }
  return found
}
