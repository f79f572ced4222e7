import type { Charset } from './charset.ts'

/** Bytes (as UTF-8) of a line that has not ended yet. What comes over it is cut, and the line says so. */
export const LINE_BYTES_MAX = 8 * 1024

/** A line somebody typed: no control characters in it. `cut`: its end is missing, it was over the bound. */
export interface Line {
  readonly text: string
  readonly cut: boolean
}

/** What is kept of a line between chunks. A plain value; see telnet-snapshot.ts for its JSON form. */
export interface AssemblerState {
  /**
   * The line so far, always as UTF-8, also where the client speaks Latin-1: a charset agreed in the middle of a line then
   * changes nothing about the part before it.
   */
  readonly partial: Uint8Array
  /** The last byte was the CR that ended a line, so that a LF that follows belongs to it. */
  readonly afterCr: boolean
  readonly cut: boolean
}

export interface AssembleResult {
  readonly state: AssemblerState
  readonly lines: readonly Line[]
  /** Bytes of input dropped because their line was over the bound. */
  readonly cutBytes: number
}

const NO_BYTES = new Uint8Array(0)

/** The state of a connection that has typed nothing yet. */
export const INITIAL_ASSEMBLER_STATE: AssemblerState = { partial: NO_BYTES, afterCr: false, cut: false }

const BACKSPACE = 0x08
const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const DELETE = 0x7f
/** A character takes four bytes of UTF-8 at most: its lead and three that continue it. */
const CONTINUATIONS_MAX = 3

/**
 * Collects data bytes into lines. Guarantee: the same bytes give the same lines however they are cut into chunks; CR LF, CR NUL,
 * LF and CR each end exactly one line; no input throws (bytes that are not UTF-8 become U+FFFD); the state never holds
 * more than LINE_BYTES_MAX. Backspace and DEL erase a character, TAB is a space, other control characters are dropped.
 * The text is not normalised: what was typed is what is delivered.
 */
export function assembleLines(state: AssemblerState, bytes: Uint8Array, charset: Charset): AssembleResult {
  const line = openLine(state, bytes.length)
  const lines: Line[] = []
  let afterCr = state.afterCr
  for (const byte of bytes) {
    // The NUL of CR NUL needs no care: it goes with the other control characters.
    const endsPrevious = afterCr && byte === LF
    afterCr = byte === CR
    if (endsPrevious) continue
    if (byte === LF || byte === CR) lines.push(line.end())
    else line.type(byte, charset)
  }
  return { state: { ...line.state(), afterCr }, lines, cutBytes: line.cutBytes() }
}

/** EC, or a backspace: the last character of the unfinished line goes. A line that was cut stays as it is. */
export function eraseCharacter(state: AssemblerState): AssemblerState {
  if (state.cut) return state
  return { ...state, partial: state.partial.slice(0, lastCharacterStart(state.partial, state.partial.length)) }
}

/** EL: the unfinished line goes. */
export function eraseLine(state: AssemblerState): AssemblerState {
  return { ...state, partial: NO_BYTES, cut: false }
}

/** A line under construction, in memory of its own that one call uses and none shares. */
function openLine(state: AssemblerState, more: number) {
  // Latin-1 above 0x7F takes two bytes of UTF-8, so that a chunk can double.
  const buffer = new Uint8Array(Math.min(LINE_BYTES_MAX, state.partial.length + 2 * more))
  buffer.set(state.partial)
  let length = state.partial.length
  let cut = state.cut
  let cutBytes = 0

  const append = (...encoded: number[]) => {
    // Once cut, nothing more fits, not even what is shorter: a line with a hole would read as another command.
    if (cut || length + encoded.length > LINE_BYTES_MAX) {
      cut = true
      cutBytes += 1
      return
    }
    for (const byte of encoded) buffer[length++] = byte
  }

  return {
    type(byte: number, charset: Charset) {
      if (byte === BACKSPACE || byte === DELETE) {
        if (!cut) length = lastCharacterStart(buffer, length)
      } else if (byte === TAB) append(SPACE)
      else if (byte < SPACE) return
      else if (byte < DELETE || charset === 'UTF-8') append(byte)
      else append(0xc0 | (byte >> 6), 0x80 | (byte & 0x3f))
    },
    end(): Line {
      const kept = cut ? wholeCharactersEnd(buffer, length) : length
      const line = { text: decode(buffer.subarray(0, kept)), cut }
      length = 0
      cut = false
      return line
    },
    state: () => ({ partial: length === 0 ? NO_BYTES : buffer.slice(0, length), cut }),
    cutBytes: () => cutBytes,
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** Where the last character of `bytes[0, length)` begins, its continuation bytes included. */
function lastCharacterStart(bytes: Uint8Array, length: number): number {
  let start = length - 1
  const earliest = start - CONTINUATIONS_MAX
  while (start > 0 && start > earliest && isContinuation(bytes[start])) start -= 1
  return Math.max(start, 0)
}

/** `length` without a character that the cut left unfinished: no U+FFFD that the player never typed. */
function wholeCharactersEnd(bytes: Uint8Array, length: number): number {
  const start = lastCharacterStart(bytes, length)
  const lead = bytes[start] ?? 0
  const wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return length - start < wanted ? start : length
}

/** The C1 controls, which UTF-8 can carry as two bytes and Latin-1 as one; a terminal obeys them like ESC. */
const C1_CONTROLS = /[\u0080-\u009f]/g

function decode(bytes: Uint8Array): string {
  // A decoder for each line: with state kept between lines a broken sequence would reach into the next one. A byte order
  // mark is a character like others (ignoreBOM keeps it), or the text would depend on where lines begin.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll(C1_CONTROLS, '')
}
