import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePrompt, encodeSubnegotiation, encodeText, encodeVerb } from './encode.ts'
import { INITIAL_PARSER_STATE, parseTelnet } from './parser.ts'
import { bytesOf, textOf, utf8 } from './testing/byte-streams.ts'

describe('encodeText', () => {
  it.each([
    ['a\nb\n', 'a\r\nb\r\n'],
    ['a\r\nb', 'a\r\nb'],
    ['a\r\r\nb\r', 'a\r\nb'],
    ['\n\n', '\r\n\r\n'],
  ])('ends each line of %j by one CR LF', (text, expected) => {
    expect(textOf(encodeText(text, 'UTF-8'))).toBe(expected)
    expect(textOf(encodeText(text, 'ISO-8859-1'))).toBe(expected)
  })

  it('makes no CR CR where a line end is split between two texts', () => {
    expect(textOf(encodeText('a\r', 'UTF-8')) + textOf(encodeText('\nb', 'UTF-8'))).toBe('a\r\nb')
  })

  it('carries all of Unicode as UTF-8, half a surrogate pair as U+FFFD', () => {
    expect(encodeText('é🏰', 'UTF-8')).toEqual(utf8('é🏰'))
    expect(encodeText('\ud800x', 'UTF-8')).toEqual(utf8('\ufffdx'))
  })

  it('sends one question mark for each character that Latin-1 lacks, and doubles IAC', () => {
    expect(textOf(encodeText('é€🏰漢e\u0301ÿ!', 'ISO-8859-1'))).toBe('\xe9???e?\xff\xff!')
  })

  it('never sends a byte that a client could take for a command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('UTF-8', 'ISO-8859-1'), (text, charset) => {
        const { events, state } = parseTelnet(INITIAL_PARSER_STATE, encodeText(text, charset))
        expect(events.every((event) => event.kind === 'data')).toBe(true)
        expect(state).toEqual(INITIAL_PARSER_STATE)
      }),
    )
  })
})

describe('encodePrompt', () => {
  it.each([
    ['eor', '> \xff\xef'],
    ['ga', '> \xff\xf9'],
    ['none', '> '],
  ] as const)('ends a prompt with the mark %s', (mark, expected) => {
    expect(textOf(encodePrompt('> ', 'UTF-8', mark))).toBe(expected)
  })
})

describe('encodeVerb and encodeSubnegotiation', () => {
  it('frames them, IAC doubled', () => {
    expect(textOf(encodeVerb('will', 1))).toBe('\xff\xfb\x01')
    expect(textOf(encodeSubnegotiation(31, bytesOf('\xff\x01')))).toBe('\xff\xfa\x1f\xff\xff\x01\xff\xf0')
  })
})
