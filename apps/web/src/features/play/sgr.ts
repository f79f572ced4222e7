import { type Colour, PLAIN, paletteColour, type TextStyle, trueColour } from './text-style.ts'

/** More than anybody means: the rest of a sequence is not looked at. */
const PARAMETERS_MAX = 32

/** One parameter of a sequence with its sub-parameters: `38`, or `38:2::1:2:3`. An empty one is 0. */
type Parameter = { code: number; sub: readonly number[] }

const parametersOf = (text: string): Parameter[] =>
  text
    .split(';')
    .slice(0, PARAMETERS_MAX)
    .map((part) => {
      const [code = 0, ...sub] = part.split(':').map(Number)
      return { code, sub }
    })

/** The style after an SGR sequence's parameters (`1;31`). What is unknown changes nothing. */
export function applySgr(before: TextStyle, text: string): TextStyle {
  const parameters = parametersOf(text)
  let style = before
  for (let at = 0; at < parameters.length; at++) {
    const parameter = parameters[at]
    if (!parameter) break
    if (parameter.code === 38 || parameter.code === 48 || parameter.code === 58) {
      const { colour, taken } = extendedColour(parameter, parameters.slice(at + 1))
      at += taken
      if (colour === null || parameter.code === 58) continue
      style = parameter.code === 38 ? { ...style, fg: colour } : { ...style, bg: colour }
    } else style = applyCode(style, parameter)
  }
  return style
}

/** Both ways of writing: `38;5;n` takes the parameters after it, `38:5:n` has its own. */
function extendedColour({ sub }: Parameter, after: readonly Parameter[]): { colour: Colour | null; taken: number } {
  if (sub.length > 0) {
    const [kind, ...values] = sub
    // `2::r:g:b` has a colour space's number before the channels, `2:r:g:b` has not.
    const [red = 0, green = 0, blue = 0] = values.length > 3 ? values.slice(1) : values
    if (kind === 5) return { colour: paletteColour(red), taken: 0 }
    return { colour: kind === 2 ? trueColour(red, green, blue) : null, taken: 0 }
  }
  const [kind, first, second, third] = after.map(({ code }) => code)
  if (kind === 5) return { colour: paletteColour(first ?? 0), taken: 2 }
  if (kind === 2) return { colour: trueColour(first ?? 0, second ?? 0, third ?? 0), taken: 4 }
  return { colour: null, taken: 0 }
}

const SWITCHES: Readonly<Record<number, Partial<TextStyle>>> = {
  0: PLAIN,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  7: { reverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { reverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
}

function applyCode(style: TextStyle, { code, sub }: Parameter): TextStyle {
  if (code === 4) return { ...style, underline: sub[0] !== 0 } // 4:0 is none, 4:3 a wavy one
  const change = SWITCHES[code]
  if (change) return { ...style, ...change }
  const tens = Math.floor(code / 10)
  const digit = code % 10
  if (digit > 7) return style
  if (tens === 3) return { ...style, fg: paletteColour(digit) }
  if (tens === 4) return { ...style, bg: paletteColour(digit) }
  if (tens === 9) return { ...style, fg: paletteColour(digit + 8) }
  if (tens === 10) return { ...style, bg: paletteColour(digit + 8) }
  return style
}
