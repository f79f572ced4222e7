import { StringDecoder } from 'node:string_decoder'

const IAC = 255
const SE = 240
const GA = 249
const SB = 250
const WILL = 251
const WONT = 252
const DO = 253
const DONT = 254
const END_OF_RECORD = 239
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const NUL = 0

/** TELNET's ECHO option: the server WILLs it to hide what is typed. */
export const ECHO = 1

export type Verb = 'WILL' | 'WONT' | 'DO' | 'DONT'
export type Negotiation = { verb: Verb; option: number }

const VERBS = new Map<number, Verb>([
  [WILL, 'WILL'],
  [WONT, 'WONT'],
  [DO, 'DO'],
  [DONT, 'DONT'],
])

export interface TelnetStreamEvents {
  /** A line, or a prompt (what IAC GA or IAC EOR ends). */
  onLine(text: string): void
  onNegotiation(negotiation: Negotiation): void
  reply(bytes: Buffer): void
}

/**
 * The receiving half of the smallest correct telnet client: hands on lines without their IAC sequences, agrees to the
 * server's ECHO, refuses all else, and never answers a refusal. Takes bytes cut at any point.
 */
export function createTelnetStream(events: TelnetStreamEvents): { receive(chunk: Buffer): void; partial(): string } {
  let state: 'text' | 'iac' | 'verb' | 'sub' | 'sub-iac' = 'text'
  let verb: Verb = 'WILL'
  let bytes: number[] = []

  const textOf = (): string => new StringDecoder('utf8').end(Buffer.from(bytes))

  const endLine = (): void => {
    const text = textOf()
    bytes = []
    events.onLine(text)
  }

  const negotiate = (option: number): void => {
    events.onNegotiation({ verb, option })
    if (verb === 'DO') events.reply(Buffer.from([IAC, WONT, option]))
    if (verb === 'WILL') events.reply(Buffer.from([IAC, option === ECHO ? DO : DONT, option]))
    if (verb === 'WONT' && option === ECHO) events.reply(Buffer.from([IAC, DONT, option]))
  }

  const command = (byte: number): void => {
    const asked = VERBS.get(byte)
    if (asked !== undefined) verb = asked
    if (byte === IAC) bytes.push(IAC)
    if ((byte === GA || byte === END_OF_RECORD) && bytes.length > 0) endLine()
    state = asked !== undefined ? 'verb' : byte === SB ? 'sub' : 'text'
  }

  const take = (byte: number): void => {
    switch (state) {
      case 'text':
        if (byte === IAC) state = 'iac'
        else if (byte === LINE_FEED) endLine()
        else if (byte !== CARRIAGE_RETURN && byte !== NUL) bytes.push(byte)
        return
      case 'iac':
        command(byte)
        return
      case 'verb':
        negotiate(byte)
        state = 'text'
        return
      case 'sub':
        if (byte === IAC) state = 'sub-iac'
        return
      case 'sub-iac':
        state = byte === SE ? 'text' : 'sub'
    }
  }

  return {
    receive(chunk) {
      for (const byte of chunk) take(byte)
    },
    partial: textOf,
  }
}
