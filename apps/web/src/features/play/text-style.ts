/** One of the 16 colours that each theme has its own of, or a colour that is the same in every theme. */
export type Colour = { kind: 'theme'; index: number } | { kind: 'fixed'; hex: string }

export interface TextStyle {
  fg: Colour | null
  bg: Colour | null
  bold: boolean
  dim: boolean
  italic: boolean
  underline: boolean
  strike: boolean
  reverse: boolean
}

/** Text in one style. It is text: nobody takes it for markup. */
export interface Run {
  text: string
  style: TextStyle
}

export const PLAIN: TextStyle = Object.freeze({
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  reverse: false,
})

const THEME_COLOURS = 16
const CUBE_START = 16
const GREY_START = 232
const PALETTE_MAX = 255
/** The levels of xterm's cube of 6 x 6 x 6. */
const CUBE_LEVELS = [0, 95, 135, 175, 215, 255] as const

const hexOf = (...channels: readonly number[]): string =>
  `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`

/** A colour of the 256; null for a number that is none of them. */
export function paletteColour(index: number): Colour | null {
  if (!Number.isInteger(index) || index < 0 || index > PALETTE_MAX) return null
  if (index < THEME_COLOURS) return { kind: 'theme', index }
  if (index >= GREY_START) {
    const level = 8 + (index - GREY_START) * 10
    return { kind: 'fixed', hex: hexOf(level, level, level) }
  }
  const at = index - CUBE_START
  const channels = [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => CUBE_LEVELS[step] ?? 0)
  return { kind: 'fixed', hex: hexOf(...channels) }
}

/** A true colour; null where a channel is not 0 to 255. */
export function trueColour(red: number, green: number, blue: number): Colour | null {
  const channels = [red, green, blue]
  const isByte = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= PALETTE_MAX
  return channels.every(isByte) ? { kind: 'fixed', hex: hexOf(...channels) } : null
}

export const plainText = (runs: readonly Run[]): string => runs.map(({ text }) => text).join('')
