/** Bytes of RFC 854 (and RFC 885, RFC 1184 for EOR and the three before SE) that have a meaning after IAC. */
export const IAC = 255
export const SB = 250
export const SE = 240
export const GA = 249
export const EOR = 239

/** The four verbs of option negotiation, by byte. */
export const VERB_BYTES = { will: 251, wont: 252, do: 253, dont: 254 } as const
export type Verb = keyof typeof VERB_BYTES

/** Commands of two bytes, by name. What is not here is not a command: see `parseTelnet`. */
export const COMMAND_BYTES = {
  eof: 236,
  susp: 237,
  abort: 238,
  eor: EOR,
  se: SE,
  nop: 241,
  'data-mark': 242,
  brk: 243,
  ip: 244,
  ao: 245,
  ayt: 246,
  ec: 247,
  el: 248,
  ga: GA,
} as const
export type Command = keyof typeof COMMAND_BYTES

/** Option numbers this gateway speaks. */
export const OPTION = { echo: 1, sga: 3, ttype: 24, eor: 25, naws: 31, charset: 42 } as const
