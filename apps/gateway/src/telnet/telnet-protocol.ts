import type { Charset } from './charset.ts'
import { encodePrompt, encodeText, joinBytes, type PromptMark } from './encode.ts'
import { assembleLines, eraseCharacter, eraseLine, INITIAL_ASSEMBLER_STATE, type Line } from './line-assembler.ts'
import {
  enabledOptions,
  factsOf,
  INITIAL_NEGOTIATOR_STATE,
  type NegotiationEvent,
  negotiate,
  sideOf,
} from './negotiator.ts'
import { OPENING } from './opening.ts'
import type { ClientFacts, OptionNotice } from './options/option.ts'
import { INITIAL_PARSER_STATE, parseTelnet, type TelnetEvent } from './parser.ts'
import { type Command, OPTION } from './telnet-codes.ts'
import { decodeSnapshot, encodeSnapshot, type TelnetSnapshot, type TelnetState } from './telnet-snapshot.ts'

export type TelnetNotice =
  | OptionNotice
  /** Input over a bound was dropped. `count`: subnegotiations, or bytes of lines. */
  | { readonly kind: 'dropped'; readonly what: 'subnegotiation' | 'line-bytes'; readonly count: number }

export interface TelnetProtocolOptions {
  /** A line that the client sent, in order. It may be a password: `passwordMode` says so. */
  onLine(line: Line): void
  onNotice(notice: TelnetNotice): void
  /** Takes bytes for the socket, in order. */
  write(bytes: Uint8Array): void
  /** A snapshot of the connection as another process left it; then `open` is not to be called again. */
  restore?: unknown
}

export interface TelnetInfo extends ClientFacts {
  /** Names of the options that are on, and `mtts` where the client told its bits. */
  readonly capabilities: readonly string[]
}

export interface TelnetProtocol {
  /** Sends what we offer; once, before any text. */
  open(): void
  /**
   * Takes bytes as they come from the socket. Never throws whatever they are; what `onLine`, `onNotice` or `write` throws comes
   * through, and the rest of the chunk is lost then. Everything is delivered before it returns.
   */
  receive(chunk: Uint8Array): void
  /** Sends text, LF being the end of a line; an empty text sends nothing. */
  sendText(text: string): void
  /** Sends text that waits for an answer, with its mark: EOR, else GA unless suppressed. */
  sendPrompt(text: string): void
  /** Asks the client to hide what is typed, or to show it again. Idempotent. */
  passwordMode(on: boolean): void
  info(): TelnetInfo
  /** What a process that takes the socket over needs for `restore`. Not to be called from within `onLine` or `onNotice`. */
  snapshot(): TelnetSnapshot
}

/** Answer to IAC AYT: on a line of its own, as telnet daemons have always given it. */
const ARE_YOU_THERE_ANSWER = '\n[Yes]\n'

/**
 * Telnet for one connection, without its socket: bytes in, lines and notices out. A snapshot that is none makes this throw
 * a ZodError.
 */
export function createTelnetProtocol(options: TelnetProtocolOptions): TelnetProtocol {
  let state: TelnetState = options.restore === undefined ? initialState() : decodeSnapshot(options.restore)

  const send = (bytes: Uint8Array) => {
    if (bytes.length > 0) options.write(bytes)
  }
  // Kept beside the state that it follows from, because each text and each chunk asks for it.
  let charset: Charset = factsOf(state.negotiator).charset
  const sendText = (text: string) => send(encodeText(text, charset))

  const negotiateStep = (event: NegotiationEvent): void => {
    const step = negotiate(state.negotiator, event)
    // State first: a callback may well use this object again.
    state = { ...state, negotiator: step.state }
    charset = factsOf(step.state).charset
    send(step.send)
    for (const notice of step.notices) options.onNotice(notice)
  }

  const takeData = (bytes: Uint8Array): void => {
    const step = assembleLines(state.assembler, bytes, charset)
    state = { ...state, assembler: step.state }
    if (step.cutBytes > 0) options.onNotice({ kind: 'dropped', what: 'line-bytes', count: step.cutBytes })
    for (const line of step.lines) {
      // Who echoes owes the line's end too, or the next output would stand behind the hidden password.
      if (echoesForClient(state)) sendText('\n')
      options.onLine(line)
    }
  }

  const obey = (command: Command): void => {
    if (command === 'ec') state = { ...state, assembler: eraseCharacter(state.assembler) }
    else if (command === 'el') state = { ...state, assembler: eraseLine(state.assembler) }
    else if (command === 'ayt') sendText(ARE_YOU_THERE_ANSWER)
  }

  const take = (event: TelnetEvent): void => {
    if (event.kind === 'data') takeData(event.bytes)
    else if (event.kind === 'command') obey(event.command)
    else negotiateStep(event)
  }

  return {
    open() {
      const steps: Uint8Array[] = []
      for (const { side, option } of OPENING) {
        const step = negotiate(state.negotiator, { kind: 'askOn', side, option })
        state = { ...state, negotiator: step.state }
        steps.push(step.send)
      }
      send(joinBytes(steps))
    },
    receive(chunk) {
      const { state: parser, events, droppedSubnegotiations } = parseTelnet(state.parser, chunk)
      state = { ...state, parser }
      for (const event of events) take(event)
      if (droppedSubnegotiations > 0) {
        options.onNotice({ kind: 'dropped', what: 'subnegotiation', count: droppedSubnegotiations })
      }
    },
    sendText,
    sendPrompt: (text) => send(encodePrompt(text, charset, promptMark(state))),
    passwordMode: (on) => negotiateStep({ kind: on ? 'askOn' : 'insistOff', side: 'us', option: OPTION.echo }),
    info: () => infoOf(state),
    snapshot: () => encodeSnapshot(state),
  }
}

const initialState = (): TelnetState => ({
  parser: INITIAL_PARSER_STATE,
  assembler: INITIAL_ASSEMBLER_STATE,
  negotiator: INITIAL_NEGOTIATOR_STATE,
})

/** Whether the client has left echoing to us at this point of its stream. */
const echoesForClient = ({ negotiator }: TelnetState): boolean => sideOf(negotiator, OPTION.echo, 'us') === 'yes'

function promptMark(state: TelnetState): PromptMark {
  if (sideOf(state.negotiator, OPTION.eor, 'us') === 'yes') return 'eor'
  return sideOf(state.negotiator, OPTION.sga, 'us') === 'yes' ? 'none' : 'ga'
}

function infoOf({ negotiator }: TelnetState): TelnetInfo {
  const facts = factsOf(negotiator)
  const capabilities = enabledOptions(negotiator)
  return { ...facts, capabilities: facts.mtts === null ? capabilities : [...capabilities, 'mtts'] }
}
