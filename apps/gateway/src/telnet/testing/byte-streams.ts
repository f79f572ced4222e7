import fc from 'fast-check'
import { COMMAND_BYTES, IAC, OPTION, SB, SE, VERB_BYTES } from '../telnet-codes.ts'

/** Latin-1 text as bytes: `\xff` is IAC. */
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

/** Bytes as Latin-1 text, which compares and prints well. */
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** UTF-8 text as bytes. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The stream as single bytes, and cut in two at every index (at 0: whole). */
export function everySplit(stream: Uint8Array): Uint8Array[][] {
  const singles = Array.from(stream, (byte) => Uint8Array.of(byte))
  const cuts = Array.from(stream, (_, index) => [stream.subarray(0, index), stream.subarray(index)])
  return [singles, ...cuts]
}

/** The stream cut into pieces of the given lengths, over and over. */
export function splitBy(stream: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < stream.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1
    chunks.push(stream.subarray(at, at + length))
    at += length
  }
  return chunks
}

const optionByte = fc.oneof(fc.constantFrom(...Object.values(OPTION)), fc.integer({ min: 0, max: 255 }))
const payloadByte = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(IAC), fc.integer({ min: 0, max: 255 }))

const verb = fc
  .tuple(fc.constantFrom(...Object.values(VERB_BYTES)), optionByte)
  .map(([byte, option]) => [IAC, byte, option])
const command = fc.constantFrom(...Object.values(COMMAND_BYTES)).map((byte) => [IAC, byte])
const subnegotiation = fc
  .tuple(optionByte, fc.array(payloadByte, { maxLength: 12 }), fc.constantFrom([IAC, SE], [IAC], [IAC, IAC], []))
  .map(([option, payload, end]) => [IAC, SB, option, ...payload, ...end])
const typed = fc.constantFrom(
  ...['look\r\n', 'say h\u00e9\n', '\r\0', '\b\x7f', '\t\x1b[A', 'MTTS 9', ';UTF-8;ISO-8859-1', '\xc3', '\u20ac'],
)

/** What a broken or hostile client may send: telnet sequences, whole and torn, among text and noise. */
export const hostileBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      verb,
      command,
      subnegotiation,
      typed.map((text) => [...utf8(text)]),
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Uint8Array.from(parts.flat()))

/** Lengths for `splitBy`. */
export const chunkLengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
