import { manualClock } from '@holdfast/runtime/testing'
import { type CloseReason, createSid, type GatewayFields, type OutputRecord } from '@holdfast/store/contracts'
import type { Client, ClientFacts, ClientPart } from '../connections/client.ts'
import { createConnection } from '../connections/connection.ts'
import { LIMITS, type Limits } from '../connections/limits.ts'

/** Parts for tests of connections and relays: plain objects behind the product's own interfaces. */

const ULID_START = '01ARZ3NDEKTSV4RRFFQ'
export const sidOf = (number: number) => createSid(ULID_START + String(number).padStart(7, '0'))

export const gatewayFields = (fields: Partial<GatewayFields> = {}): GatewayFields => ({
  handle: 1,
  status: 'connected',
  gateway: 'gateway-1',
  slot: 0,
  connectionEpoch: 1,
  gatewayRevision: 1,
  ip: '192.0.2.1',
  host: '192.0.2.1',
  transport: 'telnet',
  client: null,
  width: null,
  height: null,
  capabilities: [],
  connectedAt: 1_700_000_000_000,
  detachedUntil: null,
  closeReason: null,
  tokenHash: null,
  attachId: null,
  ...fields,
})

/** A record of the server's; what is not given is the first output of the first record of partition 7, epoch 1. */
export function outputRecord({
  partition = 7,
  offset = 0,
  index = 0,
  ...record
}: Partial<OutputRecord> & { partition?: number; offset?: number; index?: number } = {}): OutputRecord {
  return { v: 1, to: [sidOf(1)], cause: { partition, offset, index }, epoch: 1, data: [], ...record }
}

export const text = (value: string) => ({ kind: 'text', text: value }) as const

/** A client whose backlog and facts the test sets; it keeps what it was sent. */
export function fakeClient() {
  const state = { backlogBytes: 0, paused: false, ended: false, destroyed: false }
  const facts: ClientFacts = { client: null, width: null, height: null, capabilities: [] }
  const parts: ClientPart[] = []
  /** In order, what happened: each part's text, `<end>`, `<destroy>`. */
  const seen: string[] = []
  const client: Client = {
    send(sent) {
      if (state.ended || state.destroyed) return
      parts.push(...sent)
      for (const part of sent) seen.push(part.kind === 'echo' ? `<echo ${part.on ? 'on' : 'off'}>` : part.text)
    },
    facts: () => ({ ...facts }),
    get backlogBytes() {
      return state.backlogBytes
    },
    pause: () => {
      state.paused = true
    },
    resume: () => {
      state.paused = false
    },
    end: () => {
      state.ended = true
      seen.push('<end>')
    },
    destroy: () => {
      state.destroyed = true
      seen.push('<destroy>')
    },
  }
  return { client, state, facts, parts, seen }
}

/** A connection, its client, its clock, and all that it hands on. */
export function connectionRig({ limits = {}, number = 1 }: { limits?: Partial<Limits>; number?: number } = {}) {
  const clock = manualClock()
  const { client, state, facts, seen } = fakeClient()
  const inputs: { inputSequence: number; line: string }[] = []
  const changes: Partial<GatewayFields>[] = []
  const closes: CloseReason[] = []
  const bound: (string | null)[] = []
  const dropped: Record<string, number> = {}
  const answers: number[] = []
  const connection = createConnection({
    sid: sidOf(number),
    fields: gatewayFields(),
    client,
    clock,
    limits: { ...LIMITS, ...limits },
    events: {
      onInput: (_, inputSequence, line) => inputs.push({ inputSequence, line }),
      onChanged: (_, fields) => changes.push(fields),
      onBound: ({ player }) => bound.push(player),
      onClosed: (_, reason) => closes.push(reason),
      onDropped: (what, count) => {
        dropped[what] = (dropped[what] ?? 0) + count
      },
      onAnswered: (ms) => answers.push(ms),
    },
  })
  /** Moves time on and lets the connection look, as the pulse does. */
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    connection.tick()
  }
  const done = (inputSequence: number) => ({ sid: sidOf(number), inputSequence })
  return { connection, clock, state, facts, seen, inputs, changes, bound, closes, dropped, answers, pass, done }
}
