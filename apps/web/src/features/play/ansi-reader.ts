import { applySgr } from './sgr.ts'
import { PLAIN, type Run, type TextStyle } from './text-style.ts'

/** What was read: whole lines, and what stands on the line that has not ended (a prompt, most often). */
export interface ReadText {
  lines: Run[][]
  partial: readonly Run[]
}

export interface AnsiReader {
  /** Reads on where the last text ended, in the midst of a sequence too. */
  read(text: string): ReadText
  /** Ends the unfinished line; null where there is none. */
  breakLine(): Run[] | null
}

/** A longer line goes on on the next. */
export const LINE_CHARACTERS_MAX = 8_192
/** A longer sequence is none. */
const SEQUENCE_CHARACTERS_MAX = 128

const LF = 0x0a
const TAB = 0x09
const BELL = 0x07
const ESCAPE = 0x1b
const DELETE = 0x7f
const C1_END = 0x9f
/** Marks that reorder or hide what follows, and separators that browsers break lines at. */
const TREACHEROUS = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** Where in a sequence the reader is. `string`: in one that ends with BEL or `ESC \`, such as a title. */
type Place = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape'

const isControl = (code: number): boolean => code < 0x20 || (code >= DELETE && code <= C1_END)

/**
 * Text with ANSI sequences to runs of styled text. Only SGR has an effect: no sequence moves a cursor, sets a title, asks for an
 * answer or hides what was read before, and no control character gets through. A sequence never lasts longer than its line.
 */
export function createAnsiReader(): AnsiReader {
  let place: Place = 'ground'
  let sequence = ''
  let style: TextStyle = PLAIN
  let line: Run[] = []
  let lineLength = 0
  let done: Run[][] = []

  const endLine = (): void => {
    done.push(line)
    line = []
    lineLength = 0
  }

  const write = (text: string): void => {
    const last = line.at(-1)
    // A new run each time the text grows: what has been handed out is not changed.
    if (last?.style === style) line[line.length - 1] = { text: last.text + text, style }
    else line.push({ text, style })
    lineLength += text.length
  }

  const print = (raw: string): void => {
    let left = raw.replace(TREACHEROUS, '')
    while (left !== '') {
      const part = firstPart(left, LINE_CHARACTERS_MAX - lineLength)
      if (part !== '') write(part)
      left = left.slice(part.length)
      if (left !== '') endLine()
    }
  }

  /** A character within a sequence. */
  const step = (code: number, character: string): void => {
    if (code === LF) {
      place = 'ground'
      endLine()
    } else if (place === 'escape') {
      place = character === '[' ? 'csi' : ']PX^_'.includes(character) ? 'string' : 'ground'
      sequence = ''
    } else if (place === 'csi') {
      if (code >= 0x40 && code <= 0x7e) {
        place = 'ground'
        if (character === 'm' && /^[\d;:]*$/.test(sequence)) style = sameOr(style, applySgr(style, sequence))
      } else if (code === ESCAPE) place = 'escape'
      else sequence += character
    } else if (code === BELL || (place === 'string-escape' && character === '\\')) place = 'ground'
    else {
      place = code === ESCAPE ? 'string-escape' : 'string'
      sequence += character
    }
    if (sequence.length > SEQUENCE_CHARACTERS_MAX) place = 'ground'
    if (place === 'ground') sequence = ''
  }

  return {
    read(text) {
      let start = 0
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at)
        if (place !== 'ground') {
          step(code, text.charAt(at))
          start = at + 1
        } else if (isControl(code) && code !== TAB) {
          print(text.slice(start, at))
          start = at + 1
          if (code === LF) endLine()
          else if (code === ESCAPE) place = 'escape'
        }
      }
      print(text.slice(start))
      const lines = done
      done = []
      return { lines, partial: [...line] }
    },
    breakLine() {
      if (line.length === 0) return null
      const ended = line
      line = []
      lineLength = 0
      return ended
    },
  }
}

/** Keeps the object where nothing has changed, so that text in one style stays one run. */
function sameOr(before: TextStyle, after: TextStyle): TextStyle {
  const isSame =
    before.fg === after.fg &&
    before.bg === after.bg &&
    before.bold === after.bold &&
    before.dim === after.dim &&
    before.italic === after.italic &&
    before.underline === after.underline &&
    before.strike === after.strike &&
    before.reverse === after.reverse
  return isSame ? before : after
}

/** Not more than `max` code units, and never half a character. */
function firstPart(text: string, max: number): string {
  if (text.length <= max) return text
  const isSplit = /[\ud800-\udbff]/.test(text.charAt(max - 1)) && /[\udc00-\udfff]/.test(text.charAt(max))
  return text.slice(0, isSplit ? max - 1 : max)
}
