import { COMMAND_BYTES, type Command, IAC, SB, SE, VERB_BYTES, type Verb } from './telnet-codes.ts'

/** Bytes one subnegotiation may carry, IAC undoubled. A longer one is dropped whole: no option needs more. */
export const SUBNEGOTIATION_BYTES_MAX = 16 * 1024

/** Where in the byte stream a connection stands. A plain value; see telnet-snapshot.ts for its JSON form. */
export type ParserState =
  | { readonly phase: 'data' }
  | { readonly phase: 'iac' }
  | { readonly phase: 'verb'; readonly verb: Verb }
  | { readonly phase: 'sb-option' }
  | {
      readonly phase: 'sb' | 'sb-iac'
      readonly option: number
      readonly payload: Uint8Array
      /** Over the bound: the payload is empty, and what comes up to IAC SE is skipped. */
      readonly oversize: boolean
    }

export type TelnetEvent =
  /** `bytes` may be a view of the chunk: use it before the chunk's memory is reused. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: Verb; readonly option: number }
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly payload: Uint8Array }

export interface ParseResult {
  readonly state: ParserState
  readonly events: readonly TelnetEvent[]
  /** Subnegotiations dropped whole: over the bound, or broken off by another command. */
  readonly droppedSubnegotiations: number
}

/** The state of a stream that has carried nothing yet. */
export const INITIAL_PARSER_STATE: ParserState = { phase: 'data' }

const NO_BYTES = new Uint8Array(0)
const LONE_IAC = Uint8Array.of(IAC)

const VERB_BY_BYTE: ReadonlyMap<number, Verb> = new Map([
  [VERB_BYTES.will, 'will'],
  [VERB_BYTES.wont, 'wont'],
  [VERB_BYTES.do, 'do'],
  [VERB_BYTES.dont, 'dont'],
])

const COMMAND_BY_BYTE: ReadonlyMap<number, Command> = new Map([
  [COMMAND_BYTES.eof, 'eof'],
  [COMMAND_BYTES.susp, 'susp'],
  [COMMAND_BYTES.abort, 'abort'],
  [COMMAND_BYTES.eor, 'eor'],
  [COMMAND_BYTES.se, 'se'],
  [COMMAND_BYTES.nop, 'nop'],
  [COMMAND_BYTES['data-mark'], 'data-mark'],
  [COMMAND_BYTES.brk, 'brk'],
  [COMMAND_BYTES.ip, 'ip'],
  [COMMAND_BYTES.ao, 'ao'],
  [COMMAND_BYTES.ayt, 'ayt'],
  [COMMAND_BYTES.ec, 'ec'],
  [COMMAND_BYTES.el, 'el'],
  [COMMAND_BYTES.ga, 'ga'],
])

/**
 * Splits what a client sent into events. Guarantee: the same bytes give the same events however they are cut into chunks
 * (adjacent `data` events taken as one), no input throws, and the state never holds more than one bounded subnegotiation.
 *
 * Two answers to malformed input, chosen so that one bad sequence never makes the rest unreadable:
 * - IAC and a byte that is no command: the byte is data. TCP urgent data (`telnet`'s synch) loses its mark on the way,
 *   so that the first letter of the next line would otherwise be eaten.
 * - IAC and anything but IAC or SE within a subnegotiation: the subnegotiation is dropped and the command holds, or a
 *   client that forgot IAC SE would be deaf for ever.
 */
export function parseTelnet(state: ParserState, chunk: Uint8Array): ParseResult {
  const events: TelnetEvent[] = []
  let droppedSubnegotiations = 0
  let current = state
  let index = 0
  while (index < chunk.length) {
    const step = stepAt(current, chunk, index)
    current = step.state
    index = step.next
    if (step.event !== undefined) events.push(step.event)
    if (step.dropped) droppedSubnegotiations += 1
  }
  return { state: current, events, droppedSubnegotiations }
}

interface ParserStep {
  readonly state: ParserState
  readonly next: number
  readonly event?: TelnetEvent
  readonly dropped?: boolean
}

function stepAt(state: ParserState, chunk: Uint8Array, index: number): ParserStep {
  const byte = chunk[index] ?? 0
  switch (state.phase) {
    case 'data':
      return dataRun(chunk, index)
    case 'iac':
      return afterIac(chunk, index)
    case 'verb':
      return { state: INITIAL_PARSER_STATE, next: index + 1, event: { kind: state.verb, option: byte } }
    case 'sb-option':
      // Option 255 is only an escape to more options that nobody ever defined, so IAC here is a broken sequence.
      if (byte === IAC) return { state: { phase: 'iac' }, next: index + 1, dropped: true }
      return { state: { phase: 'sb', option: byte, payload: NO_BYTES, oversize: false }, next: index + 1 }
    case 'sb':
      return payloadRun(state, chunk, index)
    case 'sb-iac':
      return afterPayloadIac(state, chunk, index)
  }
}

function dataRun(chunk: Uint8Array, index: number): ParserStep {
  if (chunk[index] === IAC) return { state: { phase: 'iac' }, next: index + 1 }
  const found = chunk.indexOf(IAC, index)
  const end = found === -1 ? chunk.length : found
  return { state: INITIAL_PARSER_STATE, next: end, event: { kind: 'data', bytes: chunk.subarray(index, end) } }
}

function afterIac(chunk: Uint8Array, index: number): ParserStep {
  const byte = chunk[index] ?? 0
  const next = index + 1
  const verb = VERB_BY_BYTE.get(byte)
  if (verb !== undefined) return { state: { phase: 'verb', verb }, next }
  if (byte === SB) return { state: { phase: 'sb-option' }, next }
  if (byte === IAC) return { state: INITIAL_PARSER_STATE, next, event: { kind: 'data', bytes: LONE_IAC } }
  const command = COMMAND_BY_BYTE.get(byte)
  if (command !== undefined) return { state: INITIAL_PARSER_STATE, next, event: { kind: 'command', command } }
  return { state: INITIAL_PARSER_STATE, next, event: { kind: 'data', bytes: chunk.subarray(index, next) } }
}

type PayloadState = Extract<ParserState, { phase: 'sb' | 'sb-iac' }>

function payloadRun(state: PayloadState, chunk: Uint8Array, index: number): ParserStep {
  if (chunk[index] === IAC) return { state: { ...state, phase: 'sb-iac' }, next: index + 1 }
  const found = chunk.indexOf(IAC, index)
  const end = found === -1 ? chunk.length : found
  return { state: withPayload(state, chunk.subarray(index, end)), next: end }
}

function afterPayloadIac(state: PayloadState, chunk: Uint8Array, index: number): ParserStep {
  const byte = chunk[index]
  const next = index + 1
  if (byte === IAC) return { state: withPayload(state, LONE_IAC), next }
  if (byte !== SE) return { ...afterIac(chunk, index), dropped: true }
  if (state.oversize) return { state: INITIAL_PARSER_STATE, next, dropped: true }
  const event: TelnetEvent = { kind: 'subnegotiation', option: state.option, payload: state.payload }
  return { state: INITIAL_PARSER_STATE, next, event }
}

/** The state with more payload, copied: a view would keep the whole chunk in memory for an idle connection. */
function withPayload(state: PayloadState, more: Uint8Array): ParserState {
  const length = state.payload.length + more.length
  if (state.oversize || length > SUBNEGOTIATION_BYTES_MAX) {
    return { phase: 'sb', option: state.option, payload: NO_BYTES, oversize: true }
  }
  const payload = new Uint8Array(length)
  payload.set(state.payload)
  payload.set(more, state.payload.length)
  return { phase: 'sb', option: state.option, payload, oversize: false }
}
