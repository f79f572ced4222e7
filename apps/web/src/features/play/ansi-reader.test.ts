import { expect, test } from 'vitest'
import { createAnsiReader, LINE_CHARACTERS_MAX } from './ansi-reader.ts'
import { plainText, type Run, type TextStyle } from './text-style.ts'

const E = '\u001b'

/** All that a text gives, the unfinished line last. */
function read(...texts: string[]): Run[][] {
  const reader = createAnsiReader()
  const lines: Run[][] = []
  let partial: readonly Run[] = []
  for (const text of texts) {
    const found = reader.read(text)
    lines.push(...found.lines)
    partial = found.partial
  }
  return [...lines, [...partial]]
}
const texts = (lines: readonly (readonly Run[])[]): string[] => lines.map(plainText)

/** What a style has that plain text has not. */
function styled(line: readonly Run[] = []): [string, Partial<TextStyle>][] {
  return line.map(({ text, style }) => [
    text,
    Object.fromEntries(Object.entries(style).filter(([, value]) => value !== null && value !== false)),
  ])
}
const theme = (index: number) => ({ kind: 'theme', index })
const fixed = (hex: string) => ({ kind: 'fixed', hex })

test('reads lines, and keeps what stands on the line that has not ended', () => {
  expect(texts(read('one\r\ntwo\n\nPass', 'word: '))).toEqual(['one', 'two', '', 'Password: '])
})

test('reads the 16 colours, for text and behind it', () => {
  const [line] = read(`${E}[31mred${E}[94;102mblue${E}[39;49m plain`)
  expect(styled(line)).toEqual([
    ['red', { fg: theme(1) }],
    ['blue', { fg: theme(12), bg: theme(10) }],
    [' plain', {}],
  ])
})

test('reads the 256 colours: sixteen of the theme, the cube, the greys', () => {
  const [line] = read(`${E}[38;5;9mA${E}[38;5;196mB${E}[48;5;244mC${E}[38:5:21mD`)
  expect(styled(line)).toEqual([
    ['A', { fg: theme(9) }],
    ['B', { fg: fixed('#ff0000') }],
    ['C', { fg: fixed('#ff0000'), bg: fixed('#808080') }],
    ['D', { fg: fixed('#0000ff'), bg: fixed('#808080') }],
  ])
})

test('reads true colour in each of its spellings, and goes on after it', () => {
  for (const spelling of ['38;2;255;128;0', '38:2:255:128:0', '38:2::255:128:0']) {
    const [line] = read(`${E}[${spelling};1mA`)
    expect(styled(line)).toEqual([['A', { fg: fixed('#ff8000'), bold: true }]])
  }
})

test('reads bold, dim, italic, underline, reverse and strike, and takes each back', () => {
  const [line] = read(`${E}[1;2;3;4;7;9mA${E}[22;23mB${E}[24;27;29mC${E}[4mD${E}[4:0mE${E}[1mF${E}[mG`)
  expect(styled(line)).toEqual([
    ['A', { bold: true, dim: true, italic: true, underline: true, reverse: true, strike: true }],
    ['B', { underline: true, reverse: true, strike: true }],
    ['C', {}],
    ['D', { underline: true }],
    ['E', {}],
    ['F', { bold: true }],
    ['G', {}],
  ])
})

test('passes over colours that there are not', () => {
  const [line] = read(`${E}[38;5;256mA${E}[38;2;1;2;300mB${E}[38mC${E}[999mD${E}[58;5;3mE`)
  expect(styled(line)).toEqual([['ABCDE', {}]])
})

test('keeps a style over lines, until it is reset', () => {
  const lines = read(`${E}[32mone\ntwo${E}[0m\nthree`)
  expect(lines.map((line) => styled(line)[0]?.[1])).toEqual([{ fg: theme(2) }, { fg: theme(2) }, {}])
})

test('gives the same however a text is split', () => {
  const text = `${E}[1;38;2;10;20;30mbold${E}[0m ${E}]0;a title${E}\\then\r\n漢字 🦀${E}[4m!`
  const whole = read(text)
  for (let at = 0; at <= text.length; at++) {
    expect(texts(read(text.slice(0, at), text.slice(at)))).toEqual(texts(whole))
  }
  expect(styled(read(...text).at(0)).map(([, style]) => style)).toContainEqual({ bold: true, fg: fixed('#0a141e') })
})

test('lets no other sequence do anything, and no control character through', () => {
  const hostile = `a${E}[2Jb${E}[10;10Hc${E}]0;title\u0007d${E}Pq#0${E}\\e${E}[?1049hf\u0000\u0008\u0007\r\u009b31mg${E}ch`
  expect(texts(read(hostile))).toEqual(['abcdef31mgh'])
  expect(styled(read(hostile)[0]).map(([, style]) => style)).toEqual([{}])
})

test('loses no more than a line to a sequence that never ends', () => {
  expect(texts(read(`${E}]0;never ended\nnext ${E}[31\nlast`))).toEqual(['', 'next ', 'last'])
  const [line = []] = read(`${E}]0;${'x'.repeat(1_000)}`)
  expect(plainText(line).length).toBeGreaterThan(800)
})

test('drops marks that reorder or hide text, and keeps what letters and emoji are made of', () => {
  expect(texts(read('Ann\u202e!nnA\u2066 \u200f\ufeff'))).toEqual(['Ann!nnA '])
  const whole = 'e\u0301 👩‍👩‍👧 हिन्दी عربى ｗｉｄｅ'
  expect(texts(read(whole))).toEqual([whole])
})

test('takes markup for text', () => {
  const markup = '<img src=x onerror=alert(1)>&amp;<b>'
  expect(texts(read(markup))).toEqual([markup])
})

test('breaks a line that never ends, and no character with it', () => {
  const lines = texts(read('🦀'.repeat(LINE_CHARACTERS_MAX)))
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(LINE_CHARACTERS_MAX)
  expect(lines.join('')).toBe('🦀'.repeat(LINE_CHARACTERS_MAX))
  expect(lines.every((line) => line.isWellFormed())).toBe(true)
})

test('does not change what it has handed out', () => {
  const reader = createAnsiReader()
  const { partial } = reader.read('Pass')
  reader.read('word: ')
  expect(plainText(partial)).toBe('Pass')
  expect(plainText(reader.breakLine() ?? [])).toBe('Password: ')
  expect(reader.breakLine()).toBeNull()
})
