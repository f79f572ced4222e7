import type { Colour, TextStyle } from './text-style.ts'

/** How a run is drawn, as CSS. */
export interface Paint {
  color?: string
  backgroundColor?: string
  fontWeight?: number
  fontStyle?: 'italic'
  textDecoration?: string
}

const BOLD = 600
const READABLE = 4.5
const BLACK = '#000000'
const WHITE = '#ffffff'
/** What a theme's own colours are readable on, and as good on them: each has 4.5:1 and more against it. */
const SCREEN = 'var(--color-term-bg)'
const INK = 'var(--color-term-fg)'
const FAINT = 'var(--color-ansi-8)'

/**
 * A style as CSS in which the text can be read in either theme: a colour that is too near the screen's is made lighter or darker (in
 * play.css), and a background that was asked for takes black or white text where the text's own colour cannot be read on it.
 */
export function paintOf(style: TextStyle): Paint {
  const paint: Paint = {}
  const fg = brightened(style)
  if (style.reverse) {
    paint.backgroundColor = fg === null ? INK : solid(fg)
    paint.color = fg?.kind === 'fixed' ? inkOn(fg.hex) : SCREEN
  } else if (style.bg !== null) {
    paint.backgroundColor = solid(style.bg)
    paint.color = textOn(style.bg, fg)
  } else if (fg !== null) paint.color = readable(fg)
  else if (style.dim) paint.color = FAINT
  if (style.bold) paint.fontWeight = BOLD
  if (style.italic) paint.fontStyle = 'italic'
  const lines = [style.underline ? 'underline' : '', style.strike ? 'line-through' : ''].filter(Boolean)
  if (lines.length > 0) paint.textDecoration = lines.join(' ')
  return paint
}

/** Bold has always been the way to ask for the brighter eight. */
function brightened({ fg, bold }: TextStyle): Colour | null {
  return bold && fg?.kind === 'theme' && fg.index < 8 ? { kind: 'theme', index: fg.index + 8 } : fg
}

const solid = (colour: Colour): string => (colour.kind === 'theme' ? `var(--color-ansi-${colour.index})` : colour.hex)

const readable = (colour: Colour): string =>
  colour.kind === 'theme'
    ? solid(colour)
    : `oklch(from ${colour.hex} clamp(var(--ink-lightness-min), l, var(--ink-lightness-max)) c h)`

function textOn(background: Colour, text: Colour | null): string {
  if (background.kind === 'theme') return SCREEN
  const isReadable = text?.kind === 'fixed' && contrast(text.hex, background.hex) >= READABLE
  return isReadable ? text.hex : inkOn(background.hex)
}

const inkOn = (background: string): string =>
  contrast(BLACK, background) >= contrast(WHITE, background) ? BLACK : WHITE

/** As WCAG has it: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
