import fc from 'fast-check'
import {
  CLOSE_REASONS,
  type CloseReason,
  type GatewayFields,
  type ServerFields,
  type SessionRecord,
} from '../contracts/index.ts'
import { sidOf } from './fixtures.ts'

/** Sessions as they may be: every text that a record may hold, however odd. */

const CLOSE_REASON_NAMES = Object.keys(CLOSE_REASONS).filter((name): name is CloseReason => name in CLOSE_REASONS)

/** Whole characters: a lone surrogate has no UTF-8, and nobody can type one. */
const text = (minLength: number) => fc.string({ unit: 'grapheme', minLength, maxLength: 40 })
const count = fc.nat()
const time = fc.integer({ min: 0, max: 4_102_444_800_000 })
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
/** Names of capabilities and ids: no commas, never empty. */
const word = fc.stringMatching(/^[A-Za-z0-9:.-]{1,20}$/)

export const gatewayFieldsArbitrary: fc.Arbitrary<GatewayFields> = fc.record({
  handle: fc.integer({ min: 1 }),
  status: fc.constantFrom('connected', 'detached'),
  gateway: text(1),
  slot: fc.nat(63),
  connectionEpoch: fc.integer({ min: 1, max: 2 ** 40 }),
  gatewayRevision: fc.integer({ min: 1 }),
  ip: text(1),
  host: text(1),
  transport: fc.constantFrom('telnet', 'telnets', 'websocket'),
  client: nullable(text(1)),
  width: nullable(count),
  height: nullable(count),
  capabilities: fc.array(word, { maxLength: 4 }),
  connectedAt: time,
  detachedUntil: nullable(time),
  closeReason: nullable(fc.constantFrom(...CLOSE_REASON_NAMES)),
  tokenHash: nullable(text(1)),
  attachId: nullable(text(1)),
})

const waitingFor = fc.record(
  {
    id: word,
    kind: word,
    sealed: text(1),
    parked: fc.array(fc.record({ inputSequence: fc.integer({ min: 1 }), at: time, sealed: text(1) }), { maxLength: 3 }),
    isAnswered: fc.constant<true>(true),
  },
  { requiredKeys: ['id', 'kind', 'sealed', 'parked'] },
)

/** Keys that a plain object has already are among them: a player may name a preference `constructor`. */
const metaKey = fc.oneof(word, fc.constantFrom('constructor', 'toString', 'hasOwnProperty'))

export const serverFieldsArbitrary: fc.Arbitrary<ServerFields> = fc.record({
  player: nullable(text(1)),
  playerName: nullable(text(1)),
  loginState: fc.constantFrom('connected', 'loggedIn'),
  boundBy: nullable(count),
  wizard: fc.boolean(),
  hidden: fc.boolean(),
  room: nullable(text(1)),
  lastConnectionSignal: nullable(time),
  commandCount: count,
  inputSequence: count,
  waitingFor: nullable(waitingFor),
  commandIds: fc.array(word, { maxLength: 16 }),
  serverRevision: count,
  meta: fc.dictionary(metaKey, text(1), { maxKeys: 5, noNullPrototype: true }),
})

export const sessionArbitrary: fc.Arbitrary<SessionRecord> = fc
  .tuple(fc.nat(9_999), gatewayFieldsArbitrary, serverFieldsArbitrary)
  .map(([number, gateway, server]) => ({ sid: sidOf(number), ...gateway, ...server }))
