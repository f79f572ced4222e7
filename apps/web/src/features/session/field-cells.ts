import { type Cell, COPIES, type Copy, type Field, type Pending } from '@holdfast/store/contracts'
import { visibleText } from '#ui/format/visible-text.ts'
import { COPY_WORDS } from '#ui/states.ts'
import { cutPieces, cutText } from './cut-text.ts'
import type { Piece } from './diff-text.ts'
import { diffValues, isSameValue, type ValueOptions, valueText } from './field-value.ts'

/** How a cell of the diff looks. One that agrees may stand for several copies. */
export interface DiffCell {
  copies: readonly Copy[]
  look: 'agree' | 'plain' | 'odd' | 'waits' | 'not-held' | 'unknown'
  content: /** `size`: of all of it, in words, where the pieces are a part. */
    | { kind: 'value'; pieces: readonly Piece[]; size: string | null }
    | { kind: 'absent' }
    | { kind: 'not-held' }
    | { kind: 'unknown'; reason: string; last: string | null }
  /** When it was read; of several copies, of the one read first. Null: never, or nothing to read. */
  at: string | null
  /** The write that will bring it. */
  pending: Pending | null
}

/**
 * A field's three cells: those next to each other that say the same are one. What differs from the owner is marked, in the owner's
 * cell too. Where the owner could not be read nothing is called odd: who is right is not known.
 */
export function cellsOf(field: Field, options: ValueOptions): readonly DiffCell[] {
  const owner = field.cells[field.owner]
  const oddCopy = COPIES.find((copy) => isOdd(field, copy))
  const oddCell = oddCopy && field.cells[oddCopy]
  const found: DiffCell[] = []
  for (const copy of COPIES) {
    const cell = field.cells[copy]
    const made = cellOf(field, copy, oddCell, options)
    const last = found.at(-1)
    const isSame = last !== undefined && isMergeable(last, made) && sameCell(field.cells[last.copies[0] ?? copy], cell)
    if (isSame && last) found[found.length - 1] = merged(last, copy, made)
    else found.push(made)
  }
  return found.map((cell) =>
    cell.look === 'plain' && cell.copies.length > 1 && owner ? { ...cell, look: 'agree' } : cell,
  )
}

const merged = (last: DiffCell, copy: Copy, next: DiffCell): DiffCell => ({
  ...last,
  copies: [...last.copies, copy],
  at: last.at !== null && next.at !== null && last.at > next.at ? next.at : last.at,
  pending: last.pending ?? next.pending,
})

const isMergeable = (a: DiffCell, b: DiffCell): boolean => a.look === 'plain' && b.look === 'plain'

function sameCell(a: Cell, b: Cell): boolean {
  if (a.kind === 'value' && b.kind === 'value') return isSameValue(a.value, b.value)
  return a.kind === 'absent' && b.kind === 'absent'
}

/** It was read, and is not what its owner says. */
function isOdd({ cells, owner }: Field, copy: Copy): boolean {
  const right = cells[owner]
  const cell = cells[copy]
  const isRead = (each: Cell): boolean => each.kind === 'value' || each.kind === 'absent'
  return copy !== owner && isRead(right) && isRead(cell) && !sameCell(right, cell)
}

function cellOf(field: Field, copy: Copy, oddCell: Cell | undefined, options: ValueOptions): DiffCell {
  const { name, cells, owner, state, pending } = field
  const cell = cells[copy]
  const base = { copies: [copy], pending: copy === 'redis' ? pending : null }
  if (cell.kind === 'not-held') return { ...base, look: 'not-held', content: { kind: 'not-held' }, at: null }
  if (cell.kind === 'unknown') {
    const last = cell.last === undefined ? null : cutText(valueText(name, cell.last, options))
    return { ...base, look: 'unknown', content: { kind: 'unknown', reason: cell.reason, last }, at: cell.observedAt }
  }
  const odd = isOdd(field, copy)
  const look = odd ? (state === 'settling' ? 'waits' : 'odd') : 'plain'
  if (cell.kind === 'absent') return { ...base, look, content: { kind: 'absent' }, at: cell.observedAt }
  const other = odd ? cells[owner] : oddCell
  return {
    ...base,
    look,
    content: { kind: 'value', ...cutPieces(piecesOf(name, cell.value, other, odd, options)) },
    at: cell.observedAt,
  }
}

function piecesOf(
  name: string,
  value: unknown,
  other: Cell | undefined,
  isRight: boolean,
  options: ValueOptions,
): readonly Piece[] {
  if (other?.kind !== 'value') return [{ text: valueText(name, value, options), isOdd: false }]
  if (isSameValue(value, other.value)) return [{ text: valueText(name, value, options), isOdd: false }]
  return isRight
    ? diffValues(name, other.value, value, options).right
    : diffValues(name, value, other.value, options).left
}

/** The row in one sentence: `room, owner server; gateway not held; server #412; Redis #407; drifted`. */
export function rowSentence(field: Field, options: ValueOptions): string {
  const copies = COPIES.map((copy) => `${COPY_WORDS[copy]} ${cellWords(field.name, field.cells[copy], options)}`)
  return `${visibleText(field.name)}, owner ${field.owner}; ${copies.join('; ')}`
}

function cellWords(name: string, cell: Cell, options: ValueOptions): string {
  if (cell.kind === 'value') return cutText(valueText(name, cell.value, options))
  return cell.kind === 'unknown' ? `unknown, ${cell.reason}` : cell.kind === 'absent' ? 'absent' : 'not held'
}
