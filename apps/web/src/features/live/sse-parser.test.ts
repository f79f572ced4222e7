import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseParser, EVENT_CHARACTERS_MAX } from './sse-parser.ts'

const STREAM =
  ': hello\r\n\r\nid: e-1\r\nevent: patch\r\ndata: {"a":1}\r\n\r\ndata: one\ndata:two\n\nretry: 5\nevent: tick\ndata\n\n'
const EVENTS = [
  { event: 'patch', data: '{"a":1}', id: 'e-1' },
  { event: 'message', data: 'one\ntwo', id: 'e-1' },
  { event: 'tick', data: '', id: 'e-1' },
]

describe('the parser of event streams', () => {
  it('reads the same events wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: STREAM.length }), { maxLength: 12 }), (cuts) => {
        const parser = createSseParser()
        const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length]
        const pieces = at.slice(1).map((end, index) => STREAM.slice(at[index], end))
        expect(pieces.flatMap((piece) => parser.feed(piece))).toEqual(EVENTS)
      }),
    )
  })

  it('gives nothing for an event that is not complete', () => {
    expect(createSseParser().feed('event: patch\ndata: 1\n')).toEqual([])
  })

  it('refuses an event without an end', () => {
    const parser = createSseParser()
    parser.feed(`data: ${'x'.repeat(EVENT_CHARACTERS_MAX - 10)}`)
    expect(() => parser.feed('x'.repeat(10))).toThrow(RangeError)
  })
})
