import { z } from 'zod'
import { DEFAULT_CHARSET } from './charset.ts'
import { encodeSubnegotiation, encodeVerb, joinBytes } from './encode.ts'
import { ALL_OPTIONS } from './options/all-options.ts'
import type { ClientFacts, OptionNotice, OptionStep, Side, TelnetOption } from './options/option.ts'
import { type QEvent, type QState, type QStep, qStateSchema, qStep } from './q-method.ts'
import type { Verb } from './telnet-codes.ts'

const optionStateSchema = z.object({ us: qStateSchema, him: qStateSchema, memory: z.unknown() })
type OptionState = z.infer<typeof optionStateSchema>

/** Shape of a negotiator's state as it comes from elsewhere; `restoreNegotiator` checks the memories too. */
export const negotiatorStateSchema = z.record(z.string(), optionStateSchema)

/** How far negotiation has come, by option number: JSON, and only of options that left their initial state. */
export type NegotiatorState = Readonly<Record<string, OptionState>>

/** The state of a connection on which no option was mentioned. */
export const INITIAL_NEGOTIATOR_STATE: NegotiatorState = {}

export type NegotiationEvent =
  | { readonly kind: Verb; readonly option: number }
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly payload: Uint8Array }
  /** What we want. `insistOff` is `askOff` that does not wait for an unanswered `askOn`: see q-method.ts. */
  | { readonly kind: 'askOn' | 'askOff' | 'insistOff'; readonly side: Side; readonly option: number }

export interface NegotiationStep {
  readonly state: NegotiatorState
  /** Bytes for the client; empty where nothing is to be said. */
  readonly send: Uint8Array
  readonly notices: readonly OptionNotice[]
}

const NOTHING = new Uint8Array(0)

const OPTION_BY_CODE: ReadonlyMap<number, TelnetOption> = new Map(ALL_OPTIONS.map((option) => [option.code, option]))

/**
 * One step of negotiation, by RFC 1143's queue method. Guarantee: at most one verb is sent for an event, none for what is
 * already so, and the bytes sent are bounded by a multiple of the bytes received; nothing ever waits on an answer.
 * Options we do not speak are refused each time they are asked for (`telnet` sends DO TIMING-MARK for each ^C and shows
 * nothing until it is answered) and keep no state.
 */
export function negotiate(state: NegotiatorState, event: NegotiationEvent): NegotiationStep {
  const option = OPTION_BY_CODE.get(event.option)
  if (option === undefined) return { state, send: refusal(event), notices: [] }
  switch (event.kind) {
    case 'will':
      return turn(state, option, 'him', 'theirOn')
    case 'wont':
      return turn(state, option, 'him', 'theirOff')
    case 'do':
      return turn(state, option, 'us', 'theirOn')
    case 'dont':
      return turn(state, option, 'us', 'theirOff')
    case 'subnegotiation':
      return subnegotiate(state, option, event.payload)
    case 'askOn':
    case 'askOff':
    case 'insistOff':
      return turn(state, option, event.side, event.kind)
  }
}

/** Where one side of an option stands. */
export function sideOf(state: NegotiatorState, code: number, side: Side): QState {
  return state[code]?.[side] ?? 'no'
}

const UNTOLD: ClientFacts = {
  width: null,
  height: null,
  clientName: null,
  terminalType: null,
  mtts: null,
  charset: DEFAULT_CHARSET,
  echoSupported: null,
}

/** All that negotiation has taught so far. */
export function factsOf(state: NegotiatorState): ClientFacts {
  const told = ALL_OPTIONS.map((option) => option.facts(optionState(state, option).memory))
  return Object.assign({}, UNTOLD, ...told)
}

/** Names of the options that are on, on either side, in the order of ALL_OPTIONS. */
export function enabledOptions(state: NegotiatorState): string[] {
  const isOn = ({ code }: TelnetOption) => sideOf(state, code, 'us') === 'yes' || sideOf(state, code, 'him') === 'yes'
  return ALL_OPTIONS.filter(isOn).map((option) => option.name)
}

/** A state that came from elsewhere. Throws a ZodError where it is none; options we do not know are left out. */
export function restoreNegotiator(stored: unknown): NegotiatorState {
  const entries = Object.entries(negotiatorStateSchema.parse(stored)).flatMap(([code, { us, him, memory }]) => {
    const option = OPTION_BY_CODE.get(Number(code))
    return option === undefined ? [] : [[code, { us, him, memory: option.parseMemory(memory) }] as const]
  })
  return Object.fromEntries(entries)
}

function refusal(event: NegotiationEvent): Uint8Array {
  if (event.kind === 'do') return encodeVerb('wont', event.option)
  if (event.kind === 'will') return encodeVerb('dont', event.option)
  return NOTHING
}

const VERB_TO_SEND = { us: { on: 'will', off: 'wont' }, him: { on: 'do', off: 'dont' } } as const

function turn(state: NegotiatorState, option: TelnetOption, side: Side, event: QEvent): NegotiationStep {
  const before = optionState(state, option)
  const step: QStep = qStep(before[side], event, option.accept[side])
  const change: OptionStep<unknown> =
    step.outcome === null ? { memory: before.memory } : option.onChange(before.memory, { side, outcome: step.outcome })
  const verb = step.reply === null ? [] : [encodeVerb(VERB_TO_SEND[side][step.reply], option.code)]
  return finish(state, option, { ...before, [side]: step.state, memory: change.memory }, change, verb)
}

function subnegotiate(state: NegotiatorState, option: TelnetOption, payload: Uint8Array): NegotiationStep {
  const before = optionState(state, option)
  const on = { us: before.us === 'yes', him: before.him === 'yes' }
  if (!on.us && !on.him) return { state, send: NOTHING, notices: [] }
  const answer = option.onSubnegotiation(before.memory, payload, on)
  return finish(state, option, { ...before, memory: answer.memory }, answer, [])
}

function optionState(state: NegotiatorState, option: TelnetOption): OptionState {
  return state[option.code] ?? { us: 'no', him: 'no', memory: option.initial }
}

function finish(
  state: NegotiatorState,
  option: TelnetOption,
  after: OptionState,
  answer: OptionStep<unknown>,
  verb: readonly Uint8Array[],
): NegotiationStep {
  const payloads = (answer.payloads ?? []).map((payload) => encodeSubnegotiation(option.code, payload))
  const send = joinBytes([...verb, ...payloads])
  return { state: { ...state, [option.code]: after }, send, notices: answer.notices ?? [] }
}
