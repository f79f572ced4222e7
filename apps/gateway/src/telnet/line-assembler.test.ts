import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Charset } from './charset.ts'
import {
  type AssemblerState,
  assembleLines,
  eraseCharacter,
  eraseLine,
  INITIAL_ASSEMBLER_STATE,
  LINE_BYTES_MAX,
  type Line,
} from './line-assembler.ts'
import { bytesOf, chunkLengths, everySplit, hostileBytes, splitBy, utf8 } from './testing/byte-streams.ts'

function assembleAll(chunks: readonly Uint8Array[], charset: Charset = 'UTF-8', from = INITIAL_ASSEMBLER_STATE) {
  let state: AssemblerState = from
  let cutBytes = 0
  const lines: Line[] = []
  for (const chunk of chunks) {
    const result = assembleLines(state, chunk, charset)
    state = result.state
    cutBytes += result.cutBytes
    lines.push(...result.lines)
  }
  return { lines, cutBytes, state }
}

const textsOf = (bytes: Uint8Array, charset?: Charset) => assembleAll([bytes], charset).lines.map((line) => line.text)

describe('assembleLines', () => {
  it.each([
    ['CR LF', 'one\r\ntwo\r\n', ['one', 'two']],
    ['CR NUL', 'one\r\0two\r\0', ['one', 'two']],
    ['LF', 'one\ntwo\n', ['one', 'two']],
    ['CR', 'one\rtwo\r', ['one', 'two']],
    ['all of them, empty lines between', '\r\n\n\r\r\0\r\nx\n', ['', '', '', '', '', 'x']],
  ])('ends exactly one line at %s, at every split point', (_, typed, expected) => {
    const stream = bytesOf(typed)
    for (const chunks of everySplit(stream)) {
      expect(assembleAll(chunks).lines.map((line) => line.text)).toEqual(expected)
    }
  })

  it('delivers a line at its CR, without waiting for what may follow', () => {
    expect(textsOf(bytesOf('look\r'))).toEqual(['look'])
  })

  it('keeps characters of several bytes whole at every split point', () => {
    const stream = utf8('né €uro 🏰 漢字 e\u0301\r\n')
    for (const chunks of everySplit(stream)) {
      expect(assembleAll(chunks).lines).toEqual([{ text: 'né €uro 🏰 漢字 e\u0301', cut: false }])
    }
  })

  it('reads every byte of Latin-1 as its character when that is agreed', () => {
    expect(textsOf(bytesOf('caf\xe9 \xff\xa0\n'), 'ISO-8859-1')).toEqual(['café ÿ\u00a0'])
  })

  it('keeps what was typed before a charset was agreed in the middle of a line', () => {
    const { state } = assembleLines(INITIAL_ASSEMBLER_STATE, utf8('é'), 'UTF-8')
    expect(assembleAll([bytesOf('\xe8\n')], 'ISO-8859-1', state).lines).toEqual([{ text: 'éè', cut: false }])
  })

  it.each([
    ['a lone continuation byte', 'a\x80b\n', 'a\ufffdb'],
    ['a sequence the line ended too soon', 'a\xe2\x82\n', 'a\ufffd'],
    ['an overlong form', '\xc0\xafx\n', '\ufffd\ufffdx'],
    ['a surrogate', '\xed\xa0\x80x\n', '\ufffd\ufffd\ufffdx'],
    ['bytes that UTF-8 never has', '\xfe\xffx\n', '\ufffd\ufffdx'],
  ])('shows %s as U+FFFD', (_, typed, expected) => {
    expect(textsOf(bytesOf(typed))).toEqual([expected])
  })

  it('does not let a broken sequence reach into the next line', () => {
    expect(textsOf(bytesOf('\xe2\x82\n\xacx\n'))).toEqual(['\ufffd', '\ufffdx'])
  })

  it.each([
    ['backspace', 'lookk\b\n', 'look'],
    ['DEL', 'lookk\x7f\n', 'look'],
    ['more erasing than there is', 'ab\b\b\b\bc\n', 'c'],
  ])('erases by %s', (_, typed, expected) => {
    for (const chunks of everySplit(bytesOf(typed))) expect(assembleAll(chunks).lines[0]?.text).toBe(expected)
  })

  it('erases a character of several bytes at once, in either charset', () => {
    expect(textsOf(utf8('a🏰€é\b\b\bb\n'))).toEqual(['ab'])
    expect(textsOf(bytesOf('a\xe9\x7fb\n'), 'ISO-8859-1')).toEqual(['ab'])
  })

  it('erases nothing of a line that has ended', () => {
    expect(textsOf(bytesOf('a\r\n\bb\n'))).toEqual(['a', 'b'])
  })

  it('turns TAB into a space and drops all other control characters, C1 too', () => {
    expect(textsOf(bytesOf('a\tb\x00\x07\x1b[31mc\x1f\n'))).toEqual(['a b[31mc'])
    expect(textsOf(utf8('a\u009b31mb\u0085\n'))).toEqual(['a31mb'])
    expect(textsOf(bytesOf('a\x9b31mb\n'), 'ISO-8859-1')).toEqual(['a31mb'])
  })

  it('keeps a line of exactly the bound whole', () => {
    const text = 'x'.repeat(LINE_BYTES_MAX)
    expect(assembleAll([bytesOf(`${text}\n`)])).toMatchObject({ lines: [{ text, cut: false }], cutBytes: 0 })
  })

  it('cuts what is over the bound, says so, counts it, and leaves the next line alone', () => {
    const stream = bytesOf(`${'x'.repeat(LINE_BYTES_MAX + 7)}\r\nnext\r\n`)
    for (const length of [1, 1000, stream.length]) {
      const { lines, cutBytes } = assembleAll(splitBy(stream, [length]))
      expect(lines).toEqual([
        { text: 'x'.repeat(LINE_BYTES_MAX), cut: true },
        { text: 'next', cut: false },
      ])
      expect(cutBytes).toBe(7)
    }
  })

  it('cuts between characters, never within one', () => {
    const { lines } = assembleAll([utf8(`${'x'.repeat(LINE_BYTES_MAX - 2)}€y\n`)])
    expect(lines).toEqual([{ text: 'x'.repeat(LINE_BYTES_MAX - 2), cut: true }])
  })

  it('takes nothing after the cut, not even what would still fit', () => {
    const { lines } = assembleAll([bytesOf(`${'x'.repeat(LINE_BYTES_MAX - 1)}\xe9y\n`)], 'ISO-8859-1')
    expect(lines).toEqual([{ text: 'x'.repeat(LINE_BYTES_MAX - 1), cut: true }])
  })

  it('does not close the hole in a cut line by erasing', () => {
    const { lines } = assembleAll([bytesOf(`${'x'.repeat(LINE_BYTES_MAX)}yy\b\b\bz\n`)])
    expect(lines).toEqual([{ text: 'x'.repeat(LINE_BYTES_MAX), cut: true }])
  })

  it('gives the same lines and state however hostile bytes are cut, and never more state than the bound', () => {
    fc.assert(
      fc.property(
        hostileBytes,
        chunkLengths,
        fc.constantFrom<Charset>('UTF-8', 'ISO-8859-1'),
        (stream, lengths, charset) => {
          const whole = assembleAll([stream], charset)
          expect(assembleAll(splitBy(stream, lengths), charset)).toEqual(whole)
          expect(whole.state.partial.length).toBeLessThanOrEqual(LINE_BYTES_MAX)
        },
      ),
    )
  })

  it('gives back every line of printable text as it was typed', () => {
    const line = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll(/\p{Cc}/gu, ''))
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\r\n', '\r\0', '\n', '\r'), chunkLengths, (lines, end, lengths) => {
        const stream = utf8(lines.map((text) => text + end).join(''))
        expect(assembleAll(splitBy(stream, lengths)).lines).toEqual(lines.map((text) => ({ text, cut: false })))
      }),
    )
  })
})

describe('eraseCharacter and eraseLine', () => {
  const typed = (text: string) => assembleLines(INITIAL_ASSEMBLER_STATE, utf8(text), 'UTF-8').state
  const finish = (state: AssemblerState) => assembleAll([bytesOf('\n')], 'UTF-8', state).lines

  it('takes one character, and nothing from an empty line', () => {
    expect(finish(eraseCharacter(typed('a€')))).toEqual([{ text: 'a', cut: false }])
    expect(finish(eraseCharacter(typed('')))).toEqual([{ text: '', cut: false }])
  })

  it('takes the whole unfinished line, cut or not', () => {
    expect(finish(eraseLine(typed('done\nhalf')))).toEqual([{ text: '', cut: false }])
    expect(finish(eraseLine(typed('x'.repeat(LINE_BYTES_MAX + 1))))).toEqual([{ text: '', cut: false }])
  })
})
