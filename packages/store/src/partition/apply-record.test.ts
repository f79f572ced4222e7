import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SessionEvent, SessionRecord, WaitingFor } from '../contracts/index.ts'
import {
  changed,
  closed,
  command,
  detached,
  established,
  gatewayFields,
  input,
  resumed,
  sessionOf,
  sidOf,
} from '../testing/fixtures.ts'
import { ordered } from '../testing/orders.ts'
import { decide } from './apply-record.ts'

const sid = sidOf(1)
const waitingFor: WaitingFor = { id: '1:5:0', kind: 'login', sealed: 'x', parked: [] }
const line = (inputSequence: number, connectionEpoch = 1) => input({ sid, inputSequence, connectionEpoch, sealed: 'x' })
const answer = (to: string) => command({ sid, command: { kind: 'answer', to, sealed: 'x' } })
const moved = (id: string) => command({ sid, id, command: { kind: 'moved', room: '#2' } })

const EVENTS: readonly SessionEvent[] = [
  established({ sid }),
  resumed({ sid, connectionEpoch: 2 }),
  changed({ sid, gatewayRevision: 2, fields: { width: 100 } }),
  detached({ sid, gatewayRevision: 2, detachedUntil: 9, reason: 'lost' }),
  closed({ sid, reason: 'client' }),
  line(1),
  answer('1:5:0'),
  moved('a'),
]

test.each(EVENTS)('never revives a session that ended: drops $type', (event) => {
  expect(decide(undefined, true, event)).toEqual({ kind: 'drop', why: 'dead' })
  expect(decide(sessionOf(sid), true, event)).toEqual({ kind: 'drop', why: 'dead' })
})

test.each([
  ['connection.established', 'establish'],
  ['connection.resumed', 'drop'],
  ['connection.changed', 'drop'],
  ['connection.detached', 'bury'],
  ['connection.closed', 'bury'],
  ['input', 'drop'],
  ['command', 'drop'],
])('meets %s of an unknown session with %s', (type, kind) => {
  for (const event of EVENTS.filter((each) => each.type === type)) {
    expect(decide(undefined, false, event).kind).toBe(kind)
  }
})

test('makes a new session of the gateway’s fields, and nothing of the player’s', () => {
  const fields = { handle: 7, width: 80 }
  expect(decide(undefined, false, established({ sid, fields }))).toEqual({
    kind: 'establish',
    record: sessionOf(sid, fields),
  })
})

test('establishes a session that only its gateway has stored, with what was stored since', () => {
  const stored = sessionOf(sid, { serverRevision: 0, gatewayRevision: 3, width: 132 })
  expect(decide(stored, false, established({ sid, fields: { width: 80 } }))).toEqual({
    kind: 'establish',
    record: { ...stored, serverRevision: 1 },
  })
})

test('keeps the player when established comes again after the login', () => {
  const bound = sessionOf(sid, { player: '#3', loginState: 'loggedIn', serverRevision: 4, inputSequence: 2 })
  expect(decide(bound, false, established({ sid }))).toEqual({ kind: 'drop', why: 'repeat' })
})

test('takes only gateway’s fields from a newer established of a known session', () => {
  const bound = sessionOf(sid, { player: '#3', loginState: 'loggedIn', serverRevision: 4 })
  const decision = decide(bound, false, established({ sid, fields: { gatewayRevision: 2, width: 80 } }))
  expect(decision).toEqual({ kind: 'merge', fields: gatewayFields({ gatewayRevision: 2, width: 80 }) })
})

test.each([
  [1, 'drop'],
  [2, 'drop'],
  [3, 'merge'],
])('meets a resume with connectionEpoch %i at 2 with %s', (connectionEpoch, kind) => {
  const session = sessionOf(sid, { connectionEpoch: 2 })
  expect(decide(session, false, resumed({ sid, connectionEpoch })).kind).toBe(kind)
})

test.each([
  [1, 9, { kind: 'drop', why: 'older-connection' }],
  [3, 9, { kind: 'drop', why: 'older-connection' }],
  [2, 3, { kind: 'drop', why: 'older-revision' }],
  [2, 4, { kind: 'drop', why: 'older-revision' }],
  [2, 5, { kind: 'merge', fields: { width: 100, gatewayRevision: 5 } }],
])('meets a change by connection %i, revision %i at 2.4 by its age', (connectionEpoch, gatewayRevision, decision) => {
  const session = sessionOf(sid, { connectionEpoch: 2, gatewayRevision: 4 })
  expect(decide(session, false, changed({ sid, connectionEpoch, gatewayRevision, fields: { width: 100 } }))).toEqual(
    decision,
  )
})

test('lets no late word of an old connection detach or end a session that was resumed', () => {
  const session = sessionOf(sid, { connectionEpoch: 2 })
  const drop = { kind: 'drop', why: 'older-connection' }
  expect(decide(session, false, detached({ sid, gatewayRevision: 9, detachedUntil: 9, reason: 'lost' }))).toEqual(drop)
  expect(decide(session, false, closed({ sid, reason: 'lost' }))).toEqual(drop)
})

test.each([2, 3])('ends a session at the word of connection %i when it holds 2', (connectionEpoch) => {
  const session = sessionOf(sid, { connectionEpoch: 2 })
  expect(decide(session, false, closed({ sid, connectionEpoch, reason: 'quit' }))).toEqual({ kind: 'end' })
})

test.each([
  ['applied before', 4, 2, { kind: 'drop', why: 'repeat' }],
  ['the last one', 5, 2, { kind: 'drop', why: 'repeat' }],
  ['of an old connection', 6, 1, { kind: 'drop', why: 'older-connection' }],
  ['next', 6, 2, { kind: 'input', skipped: 0 }],
  ['next, over a resume not seen yet', 6, 3, { kind: 'input', skipped: 0 }],
  ['a jump', 9, 2, { kind: 'input', skipped: 3 }],
])('meets an input that is %s by its number', (_, inputSequence, connectionEpoch, decision) => {
  const session = sessionOf(sid, { connectionEpoch: 2, inputSequence: 5 })
  expect(decide(session, false, line(inputSequence, connectionEpoch))).toEqual(decision)
})

test('parks what is typed while a question is open, and drops its repeats', () => {
  const session = sessionOf(sid, { inputSequence: 5, waitingFor })
  expect(decide(session, false, line(7))).toEqual({ kind: 'park', skipped: 1 })
  expect(decide(session, false, line(5))).toEqual({ kind: 'drop', why: 'repeat' })
})

test('takes an answer only to the question that is open', () => {
  expect(decide(sessionOf(sid, { waitingFor }), false, answer('1:5:0'))).toEqual({ kind: 'answer' })
  expect(decide(sessionOf(sid, { waitingFor }), false, answer('1:4:0'))).toEqual({ kind: 'drop', why: 'not-awaited' })
  expect(decide(sessionOf(sid), false, answer('1:5:0'))).toEqual({ kind: 'drop', why: 'not-awaited' })
})

test('takes a command once, whatever connection the session has now', () => {
  const session = sessionOf(sid, { connectionEpoch: 3, commandIds: ['a'], waitingFor })
  expect(decide(session, false, moved('a'))).toEqual({ kind: 'drop', why: 'repeat' })
  expect(decide(session, false, moved('b'))).toEqual({ kind: 'command' })
})

/** The smallest owner that obeys `decide`: what it did, in order, is its effects. */
function createReducer() {
  let session: SessionRecord | undefined
  let dead = false
  const effects: string[] = []
  return {
    effects,
    get state() {
      return { session, dead, effects }
    },
    apply(event: SessionEvent): void {
      const decision = decide(session, dead, event)
      if (decision.kind === 'establish') session = decision.record
      if (decision.kind === 'bury' || decision.kind === 'end') {
        session = undefined
        dead = true
      }
      if (!session) return
      if (decision.kind === 'merge') session = { ...session, ...decision.fields }
      if (decision.kind === 'input' && event.type === 'input') {
        effects.push(`line ${event.inputSequence}`)
        const asks = event.inputSequence % 5 === 0
        const question = asks ? { ...waitingFor, id: `q${event.inputSequence}` } : null
        session = {
          ...session,
          inputSequence: event.inputSequence,
          waitingFor: question,
          serverRevision: session.serverRevision + 1,
        }
      }
      if (decision.kind === 'park' && event.type === 'input' && session.waitingFor) {
        const parked = [...session.waitingFor.parked, { inputSequence: event.inputSequence, at: event.at, sealed: 'x' }]
        session = { ...session, inputSequence: event.inputSequence, waitingFor: { ...session.waitingFor, parked } }
      }
      if (decision.kind === 'answer' && session.waitingFor) {
        effects.push(
          `answer ${session.waitingFor.id}`,
          ...session.waitingFor.parked.map((each) => `line ${each.inputSequence}`),
        )
        session = { ...session, waitingFor: null }
      }
      if (decision.kind === 'command') {
        effects.push(`command ${event.id}`)
        session = { ...session, commandIds: [...session.commandIds, event.id].slice(-16) }
      }
    },
  }
}

type Step = 'line' | 'change' | 'reconnect' | 'command' | 'answer' | 'late'
const steps = fc.array(
  fc.constantFrom<Step[]>('line', 'line', 'line', 'change', 'reconnect', 'command', 'answer', 'late'),
  { maxLength: 30 },
)

/** A log as gateways, other sessions and workers write one: a connection's events in order, old connections' words late. */
function logOf(plan: readonly Step[], ends: boolean): SessionEvent[] {
  const log: SessionEvent[] = [established({ sid, fields: { handle: 1 } })]
  let connectionEpoch = 1
  let gatewayRevision = 1
  let inputSequence = 0
  for (const [at, step] of plan.entries()) {
    const base = { sid, connectionEpoch, id: `e${at}`, at }
    if (step === 'line') log.push(input({ ...base, inputSequence: ++inputSequence, sealed: 'x' }))
    if (step === 'change')
      log.push(changed({ ...base, gatewayRevision: ++gatewayRevision, fields: { width: 80 + at } }))
    if (step === 'reconnect') {
      log.push(detached({ ...base, gatewayRevision: ++gatewayRevision, detachedUntil: at + 120, reason: 'client' }))
      connectionEpoch++
      gatewayRevision = 1
      log.push(resumed({ ...base, connectionEpoch }))
    }
    if (step === 'command') log.push(command({ ...base, command: { kind: 'moved', room: `#${at}` } }))
    if (step === 'answer') {
      const to = `q${inputSequence - (inputSequence % 5)}`
      log.push(command({ ...base, command: { kind: 'answer', to, sealed: 'x' } }))
    }
    if (step === 'late' && connectionEpoch > 1) {
      log.push(
        detached({
          ...base,
          connectionEpoch: connectionEpoch - 1,
          gatewayRevision: 99,
          detachedUntil: 1,
          reason: 'lost',
        }),
      )
    }
  }
  if (ends) log.push(closed({ sid, connectionEpoch, reason: 'quit' }))
  return log
}

const afterAll = (log: readonly SessionEvent[]) => {
  const reducer = createReducer()
  for (const event of log) reducer.apply(event)
  return reducer.state
}

test('ends in the same state and the same effects when the log is read twice from anywhere', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), fc.nat(), fc.nat(), (plan, ends, end, start) => {
      const log = logOf(plan, ends)
      const readTo = end % (log.length + 1)
      const readAgainFrom = start % (readTo + 1)
      // Commands are known by the last 16 ids: a replay of more would be a replay of what was never flushed.
      fc.pre(log.slice(readAgainFrom, readTo).filter(({ type }) => type === 'command').length <= 16)
      const replayed = [...log.slice(0, readTo), ...log.slice(readAgainFrom)]
      expect(afterAll(replayed)).toEqual(afterAll(log))
    }),
    { numRuns: 1_000 },
  )
})

test('lets no double that comes any time later change anything', () => {
  const doubles = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 10 })
  fc.assert(
    fc.property(steps, fc.boolean(), doubles, (plan, ends, repeats) => {
      const log = logOf(plan, ends)
      // Each double lies somewhere behind its original, in any order among the other doubles.
      const withDoubles = log.map((event) => [event])
      for (const [which, later] of repeats) {
        const from = which % log.length
        const event = log[from]
        const place = withDoubles[from + (later % (log.length - from))]
        if (event) place?.push(event)
      }
      expect(afterAll(withDoubles.flat())).toEqual(afterAll(log))
    }),
    { numRuns: 1_000 },
  )
})

test('detaches with the reason and the revision that Redis was told', () => {
  const event = detached({ sid, gatewayRevision: 5, detachedUntil: 9, reason: 'client' })
  expect(decide(sessionOf(sid, { gatewayRevision: 4 }), false, event)).toEqual({
    kind: 'merge',
    fields: { status: 'detached', detachedUntil: 9, gatewayRevision: 5, closeReason: 'client' },
  })
})

test('lets no late double of a detach set a connection’s revision back', () => {
  const session = sessionOf(sid, { status: 'detached', detachedUntil: 9, gatewayRevision: 4 })
  const event = detached({ sid, gatewayRevision: 2, detachedUntil: 9, reason: 'lost' })
  expect(decide(session, false, event)).toEqual({ kind: 'drop', why: 'older-revision' })
})

const waits = { status: 'detached', detachedUntil: 9, gatewayRevision: 5 } as const

test('lets a gateway that was taken for dead change nothing of a session that was given up', () => {
  const drop = { kind: 'drop', why: 'older-connection' }
  const session = sessionOf(sid, waits)
  expect(decide(session, false, changed({ sid, gatewayRevision: 9, fields: { width: 100 } }))).toEqual(drop)
  expect(decide(session, false, established({ sid, fields: { gatewayRevision: 9 } }))).toEqual(drop)
  expect(decide(session, false, resumed({ sid, connectionEpoch: 2 })).kind).toBe('merge')
})

test('takes the gateway’s word for a session that only a hand has called detached', () => {
  const touched = sessionOf(sid, { status: 'detached' })
  const fields = { gatewayRevision: 2 }
  expect(decide(touched, false, established({ sid, fields }))).toEqual({ kind: 'merge', fields: gatewayFields(fields) })
})

test.each(['lost', 'replaced'] as const)('ends as %s only the connection that nobody came back to', (reason) => {
  const close = (connectionEpoch: number) =>
    command({ sid, connectionEpoch, command: { kind: 'close', reason, text: null } })
  const drop = { kind: 'drop', why: 'older-connection' }
  expect(decide(sessionOf(sid, waits), false, close(1))).toEqual({ kind: 'command' })
  expect(decide(sessionOf(sid), false, close(1))).toEqual(drop)
  expect(decide(sessionOf(sid, { ...waits, connectionEpoch: 2 }), false, close(1))).toEqual(drop)
})

test('never drops a wizard’s order but as a repeat: it is answered whatever became of the session', () => {
  const order = ordered({ type: 'message', text: 'x' }, sid)
  expect(decide(undefined, false, order)).toEqual({ kind: 'order' })
  expect(decide(undefined, true, order)).toEqual({ kind: 'order' })
  expect(decide(sessionOf(sid), false, order)).toEqual({ kind: 'order' })
  expect(decide(sessionOf(sid, { commandIds: [order.id] }), false, order)).toEqual({ kind: 'drop', why: 'repeat' })
})
