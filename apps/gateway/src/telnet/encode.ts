import type { Charset } from './charset.ts'
import { EOR, GA, IAC, SB, SE, VERB_BYTES, type Verb } from './telnet-codes.ts'

/** How the end of a prompt is marked on a connection: by EOR where agreed, else by GA unless suppressed. */
export type PromptMark = 'eor' | 'ga' | 'none'

const PROMPT_MARK_BYTES: Readonly<Record<PromptMark, Uint8Array>> = {
  eor: Uint8Array.of(IAC, EOR),
  ga: Uint8Array.of(IAC, GA),
  none: new Uint8Array(0),
}

/**
 * Text as it goes on the wire: each LF a CR LF (CRs of the text's own are dropped, so that no split of a text can make CR CR),
 * IAC doubled, what the charset lacks a `?`, half a surrogate pair U+FFFD. Escape sequences pass: the text
 * is safe by then (connections/safe-text.ts).
 */
export function encodeText(text: string, charset: Charset): Uint8Array {
  const lines = text.replaceAll('\r', '').replaceAll('\n', '\r\n')
  return charset === 'UTF-8' ? new TextEncoder().encode(lines) : doubleIac(encodeLatin1(lines))
}

/** A prompt as it goes on the wire, with its mark. */
export function encodePrompt(text: string, charset: Charset, mark: PromptMark): Uint8Array {
  return joinBytes([encodeText(text, charset), PROMPT_MARK_BYTES[mark]])
}

/** `IAC WILL option` and its three kin. */
export function encodeVerb(verb: Verb, option: number): Uint8Array {
  return Uint8Array.of(IAC, VERB_BYTES[verb], option)
}

/** `IAC SB option payload IAC SE`, IAC doubled. */
export function encodeSubnegotiation(option: number, payload: Uint8Array): Uint8Array {
  return joinBytes([Uint8Array.of(IAC, SB, option), doubleIac(payload), Uint8Array.of(IAC, SE)])
}

/** The parts as one array, so that they go out in one write. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return new Uint8Array(Buffer.concat(parts))
}

const LATIN1_MAX = 0xff
const QUESTION_MARK = 0x3f

function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let length = 0
  // By code point, so that a character beyond the first plane is one `?`, not two.
  for (const character of text) {
    const code = character.codePointAt(0) ?? QUESTION_MARK
    bytes[length++] = code > LATIN1_MAX ? QUESTION_MARK : code
  }
  return bytes.subarray(0, length)
}

function doubleIac(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(IAC)) return bytes
  const doubled: number[] = []
  for (const byte of bytes) {
    if (byte === IAC) doubled.push(IAC)
    doubled.push(byte)
  }
  return Uint8Array.from(doubled)
}
