import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INITIAL_PARSER_STATE, type ParserState, parseTelnet, SUBNEGOTIATION_BYTES_MAX } from './parser.ts'
import { bytesOf, chunkLengths, everySplit, hostileBytes, splitBy, textOf } from './testing/byte-streams.ts'

/** Events as text that compares: adjacent data in one piece. */
function parseAll(chunks: readonly Uint8Array[]) {
  let state: ParserState = INITIAL_PARSER_STATE
  let dropped = 0
  const seen: string[] = []
  for (const chunk of chunks) {
    const result = parseTelnet(state, chunk)
    state = result.state
    dropped += result.droppedSubnegotiations
    for (const event of result.events) {
      const last = seen.at(-1)
      if (event.kind === 'data' && last?.startsWith('data:')) seen[seen.length - 1] = last + textOf(event.bytes)
      else if (event.kind === 'data') seen.push(`data:${textOf(event.bytes)}`)
      else if (event.kind === 'command') seen.push(event.command)
      else if (event.kind === 'subnegotiation') seen.push(`sb ${event.option}:${textOf(event.payload)}`)
      else seen.push(`${event.kind} ${event.option}`)
    }
  }
  return { seen, dropped, state }
}

const parse = (text: string) => parseAll([bytesOf(text)])

describe('parseTelnet', () => {
  it('tells data, commands, verbs and subnegotiations apart', () => {
    const { seen } = parse(
      'ab\xff\xf1c\xff\xfb\x18\xff\xfc\x01\xff\xfd\x03\xff\xfe\x2a\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0d',
    )
    expect(seen).toEqual([
      'data:ab',
      'nop',
      'data:c',
      'will 24',
      'wont 1',
      'do 3',
      'dont 42',
      'sb 31:\0P\0\x18',
      'data:d',
    ])
  })

  it.each([
    ['\xec', 'eof'],
    ['\xed', 'susp'],
    ['\xee', 'abort'],
    ['\xef', 'eor'],
    ['\xf0', 'se'],
    ['\xf1', 'nop'],
    ['\xf2', 'data-mark'],
    ['\xf3', 'brk'],
    ['\xf4', 'ip'],
    ['\xf5', 'ao'],
    ['\xf6', 'ayt'],
    ['\xf7', 'ec'],
    ['\xf8', 'el'],
    ['\xf9', 'ga'],
  ])('knows the command %j as %s', (byte, command) => {
    expect(parse(`\xff${byte}`).seen).toEqual([command])
  })

  it('undoubles IAC in data and in subnegotiations', () => {
    expect(parse('a\xff\xffb\xff\xfa\x1f\xff\xff\x00\xff\xff\xff\xff\xff\xf0').seen).toEqual([
      'data:a\xffb',
      'sb 31:\xff\0\xff\xff',
    ])
  })

  it('gives the same events at every split point', () => {
    const stream = bytesOf(
      'x\xff\xffy\xff\xfd\xff\xff\xfa\x18\x00A\xff\xffB\xff\xf0\xff\xf6\r\n\xff\xfa\x01zz\xff\xfb\x01\xff\xfa\xff\xf0q\xffw',
    )
    const whole = parseAll([stream])
    expect(whole.seen).toEqual([
      'data:x\xffy',
      'do 255',
      'sb 24:\0A\xffB',
      'ayt',
      'data:\r\n',
      'will 1',
      'se',
      'data:qw',
    ])
    for (const chunks of everySplit(stream)) expect(parseAll(chunks)).toEqual(whole)
  })

  it('gives the same events however hostile bytes are cut', () => {
    fc.assert(
      fc.property(hostileBytes, chunkLengths, (stream, lengths) => {
        expect(parseAll(splitBy(stream, lengths))).toEqual(parseAll([stream]))
      }),
    )
  })

  it('takes a subnegotiation of exactly the bound', () => {
    const payload = 'p'.repeat(SUBNEGOTIATION_BYTES_MAX)
    expect(parse(`\xff\xfa\x18${payload}\xff\xf0`)).toMatchObject({ seen: [`sb 24:${payload}`], dropped: 0 })
  })

  it('drops a subnegotiation over the bound whole, counts it, and goes on after it', () => {
    const stream = bytesOf(`a\xff\xfa\x18${'p'.repeat(SUBNEGOTIATION_BYTES_MAX + 1)}\xff\xff\xff\xf0b\xff\xf1`)
    for (const length of [1, 1000, stream.length]) {
      const result = parseAll(splitBy(stream, [length]))
      expect(result).toMatchObject({ seen: ['data:ab', 'nop'], dropped: 1 })
    }
  })

  it('holds nothing of an oversize subnegotiation that never ends', () => {
    const { state } = parseAll(splitBy(bytesOf(`\xff\xfa\x18${'p'.repeat(10 * SUBNEGOTIATION_BYTES_MAX)}`), [997]))
    expect(state).toMatchObject({ phase: 'sb', oversize: true })
    expect('payload' in state && state.payload).toHaveLength(0)
  })

  it('obeys a command that breaks off a subnegotiation, and counts the subnegotiation as dropped', () => {
    expect(parse('\xff\xfa\x18\x00XT\xff\xfb\x1fhello')).toMatchObject({ seen: ['will 31', 'data:hello'], dropped: 1 })
  })

  it('keeps the letter that stands where TCP took an urgent data mark away', () => {
    expect(parse('\xfflook\r\n').seen).toEqual(['data:look\r\n'])
  })

  it('never keeps a chunk alive through its state', () => {
    const chunk = bytesOf('\xff\xfa\x18abc')
    const { state } = parseTelnet(INITIAL_PARSER_STATE, chunk)
    chunk.fill(0)
    expect('payload' in state && textOf(state.payload)).toBe('abc')
  })
})
