import { expect, test } from 'vitest'
import { contrast, paintOf } from './paint.ts'
import { PLAIN, paletteColour, type TextStyle, trueColour } from './text-style.ts'

const paint = (style: Partial<TextStyle>) => paintOf({ ...PLAIN, ...style })
const rgb = (red: number, green: number, blue: number) => trueColour(red, green, blue)

test('draws plain text as the screen does', () => {
  expect(paint({})).toEqual({})
})

test('takes the 16 colours from the theme, and the brighter ones for bold', () => {
  expect(paint({ fg: paletteColour(1) })).toEqual({ color: 'var(--color-ansi-1)' })
  expect(paint({ fg: paletteColour(1), bold: true })).toEqual({ color: 'var(--color-ansi-9)', fontWeight: 600 })
})

test('keeps the hue of a colour that has a value, within what can be read', () => {
  expect(paint({ fg: rgb(255, 128, 0) }).color).toMatch(/^oklch\(from #ff8000 clamp\(.*\) c h\)$/)
})

test('gives text to be read to every background of the cube', () => {
  for (let index = 16; index < 256; index++) {
    for (const fg of [null, paletteColour(index), rgb(255, 255, 0)]) {
      const { color = '', backgroundColor = '' } = paint({ fg, bg: paletteColour(index) })
      expect(contrast(color, backgroundColor)).toBeGreaterThanOrEqual(4.5)
    }
  }
})

test('keeps a text’s own colour on a background where it can be read', () => {
  expect(paint({ fg: rgb(255, 255, 0), bg: rgb(0, 0, 128) })).toEqual({ color: '#ffff00', backgroundColor: '#000080' })
})

test('turns text and screen round for reverse', () => {
  expect(paint({ reverse: true })).toEqual({ backgroundColor: 'var(--color-term-fg)', color: 'var(--color-term-bg)' })
  expect(paint({ reverse: true, fg: paletteColour(2) }).backgroundColor).toBe('var(--color-ansi-2)')
  expect(paint({ reverse: true, fg: rgb(255, 255, 255) })).toEqual({ backgroundColor: '#ffffff', color: '#000000' })
})

test('draws underline and strike together', () => {
  expect(paint({ underline: true, strike: true, italic: true })).toEqual({
    fontStyle: 'italic',
    textDecoration: 'underline line-through',
  })
})
