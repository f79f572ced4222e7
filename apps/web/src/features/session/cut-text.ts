import { bytesText } from '#ui/format/number.ts'
import type { Piece } from './diff-text.ts'

/** A value in a table is shown so far, letters; a ghost's may have as many as Redis takes. */
export const VALUE_LETTERS_MAX = 400
/** Left before the first difference, where that would be cut off. */
const LEAD_LETTERS = 40
const ELLIPSIS = '…'

export interface CutPieces {
  pieces: readonly Piece[]
  /** How much it is in all, `293 KB`; null where all of it is there. */
  size: string | null
}

const sizeOf = (text: string): string => bytesText(new TextEncoder().encode(text).length)

/** A cut may part a pair: its half is no letter. */
const withoutHalves = (text: string): string => text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')

/** As much of a value as a table has room for: its beginning, or from a little before what differs on. */
export function cutPieces(pieces: readonly Piece[]): CutPieces {
  const all = pieces.map(({ text }) => text).join('')
  if (all.length <= VALUE_LETTERS_MAX) return { pieces, size: null }
  const oddAt = placeOfOdd(pieces)
  const from = oddAt > VALUE_LETTERS_MAX - LEAD_LETTERS ? oddAt - LEAD_LETTERS : 0
  const to = from + VALUE_LETTERS_MAX
  const kept: Piece[] = []
  let at = 0
  for (const { text, isOdd } of pieces) {
    const part = text.slice(Math.max(0, from - at), Math.max(0, to - at))
    if (part !== '') kept.push({ text: withoutHalves(part), isOdd })
    at += text.length
  }
  const ellipsis: readonly Piece[] = [{ text: ELLIPSIS, isOdd: false }]
  return {
    pieces: [...(from > 0 ? ellipsis : []), ...kept, ...(to < all.length ? ellipsis : [])],
    size: sizeOf(all),
  }
}

/** The same for one text, with its size where it is cut: `aaaa… (293 KB in all)`. */
export function cutText(text: string): string {
  if (text.length <= VALUE_LETTERS_MAX) return text
  return `${withoutHalves(text.slice(0, VALUE_LETTERS_MAX))}${ELLIPSIS} (${sizeOf(text)} in all)`
}

/** In letters of the whole; 0 where nothing differs. */
function placeOfOdd(pieces: readonly Piece[]): number {
  let at = 0
  for (const { text, isOdd } of pieces) {
    if (isOdd) return at
    at += text.length
  }
  return 0
}
