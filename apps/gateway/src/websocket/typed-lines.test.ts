import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LINE_BYTES_MAX } from '../telnet/line-assembler.ts'
import { typedLines } from './typed-lines.ts'

const textsOf = (message: string): string[] => typedLines(Buffer.from(message)).lines.map(({ text }) => text)

it.each([
  ['look', ['look']],
  ['look\n', ['look']],
  ['look\r\n', ['look']],
  ['look\r', ['look']],
  ['', ['']],
  ['\n', ['']],
  ['a\r\nb', ['a', 'b']],
  ['a\n\n', ['a', '']],
  ['\u001b[31mre\u0007d', ['[31mred']],
])('takes %j for whole lines', (message, lines) => {
  expect(textsOf(message)).toEqual(lines)
})

it('gives at least one line for any bytes, none with a control character, none over its bound', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { lines } = typedLines(bytes)
      expect(lines.length).toBeGreaterThan(0)
      for (const { text } of lines) expect(text).not.toMatch(/\p{Cc}/u)
    }),
  )
  const { lines, cutBytes } = typedLines(Buffer.alloc(LINE_BYTES_MAX + 5, 'x'))
  expect(lines).toEqual([{ text: 'x'.repeat(LINE_BYTES_MAX), cut: true }])
  expect(cutBytes).toBe(5)
})
