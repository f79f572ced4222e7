import type { Run } from './text-style.ts'

export type LineKind = 'game' | 'own' | 'notice'

export interface Line {
  id: number
  kind: LineKind
  runs: readonly Run[]
}

/** Lines that are drawn, kept and forgotten together: a new line makes one block anew, not thousands of lines. */
export interface Block {
  id: number
  lines: readonly Line[]
}

export interface ScrollBack {
  blocks: readonly Block[]
  lineCount: number
  characterCount: number
  /** The id of the next line. Ids only grow. */
  nextId: number
}

export interface ScrollBackLimits {
  linesMax: number
  charactersMax: number
  blockLines: number
}

export const SCROLL_BACK_LIMITS: ScrollBackLimits = { linesMax: 5_000, charactersMax: 2_000_000, blockLines: 50 }

export const EMPTY_SCROLL_BACK: ScrollBack = { blocks: [], lineCount: 0, characterCount: 0, nextId: 1 }

export type NewLine = Omit<Line, 'id'>

const lengthOf = (lines: readonly NewLine[]): number =>
  lines.reduce((sum, { runs }) => runs.reduce((length, { text }) => length + text.length, sum), 0)

/** With these lines at its end. The oldest blocks fall away over a limit; what is kept keeps its identity. */
export function append(
  { blocks, lineCount, characterCount, nextId }: ScrollBack,
  lines: readonly NewLine[],
  limits: ScrollBackLimits = SCROLL_BACK_LIMITS,
): ScrollBack {
  if (lines.length === 0) return { blocks, lineCount, characterCount, nextId }
  const grown = [...blocks]
  lines.forEach((line, index) => {
    const last = grown.at(-1)
    const numbered = { ...line, id: nextId + index }
    if (last && last.lines.length < limits.blockLines) {
      grown[grown.length - 1] = { id: last.id, lines: [...last.lines, numbered] }
    } else grown.push({ id: numbered.id, lines: [numbered] })
  })
  const whole: ScrollBack = {
    blocks: grown,
    lineCount: lineCount + lines.length,
    characterCount: characterCount + lengthOf(lines),
    nextId: nextId + lines.length,
  }
  return trim(whole, limits)
}

/** The last block stays, whatever its size: it is what is being read. */
function trim(whole: ScrollBack, { linesMax, charactersMax }: ScrollBackLimits): ScrollBack {
  let { lineCount, characterCount } = whole
  let dropped = 0
  for (const block of whole.blocks.slice(0, -1)) {
    if (lineCount <= linesMax && characterCount <= charactersMax) break
    lineCount -= block.lines.length
    characterCount -= lengthOf(block.lines)
    dropped++
  }
  return { ...whole, blocks: whole.blocks.slice(dropped), lineCount, characterCount }
}
