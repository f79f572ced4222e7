import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readMessage, writeMessage, writeParts } from './frames.ts'

const input = (data: unknown): string => JSON.stringify({ proto: 'holdfast', id: 'input', data: JSON.stringify(data) })

it('reads what docs/websocket.md shows', () => {
  const hello = String.raw`{"proto":"holdfast","id":"hello","data":"{\"client\":\"Lantern 1.0\",\"width\":100,\"height\":40}"}`
  expect(readMessage(hello)).toEqual({ kind: 'hello', hello: { client: 'Lantern 1.0', width: 100, height: 40 } })
  expect(
    readMessage(String.raw`{"proto":"holdfast","id":"input","data":"{\"seq\":1,\"line\":\"connect Ada\"}"}`),
  ).toEqual({
    kind: 'input',
    seq: 1,
    line: 'connect Ada',
  })
})

it.each([
  ['a number that is none', { seq: 1.5, line: 'x' }],
  ['a number below the first', { seq: 0, line: 'x' }],
  ['a number that is no longer exact', { seq: 2 ** 53, line: 'x' }],
  ['a line that is none', { seq: 1, line: null }],
  ['nothing in it', null],
])('refuses an input with %s', (_, data) => {
  expect(readMessage(input(data))).toEqual({ kind: 'refused', code: 'malformed' })
})

it('throws at nothing', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        proto: fc.constantFrom('holdfast', 'gmcp', 1),
        id: fc.constantFrom('hello', 'input', '__proto__', null),
        data: fc.oneof(fc.json(), fc.anything()),
      })
      .map((frame) => JSON.stringify(frame) ?? ''),
  )
  fc.assert(fc.property(anything, (text) => ['hello', 'input', 'foreign', 'refused'].includes(readMessage(text).kind)))
})

it('writes a message with its data as text', () => {
  expect(writeMessage('ack', { seq: 4 })).toBe(String.raw`{"proto":"holdfast","id":"ack","data":"{\"seq\":4}"}`)
})

it('sends no frame for what is empty or not spoken', () => {
  expect(
    writeParts(
      [
        { kind: 'text', text: '' },
        { kind: 'echo', on: true },
      ],
      false,
    ),
  ).toEqual([])
})

it('makes each line’s end CR LF, once', () => {
  expect(writeParts([{ kind: 'text', text: 'a\r\n\nb' }], true).map(String)).toEqual(['a\r\n\r\nb'])
})
