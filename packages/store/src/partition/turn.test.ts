import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { type OutputRecord, outputRecordSchema, type Sid } from '../contracts/index.ts'
import { createSeal } from '../kafka/seal.ts'
import { createStateReplica } from '../replica/state-replica.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import type { Effect } from './game.ts'
import { createOutbox } from './outbox.ts'
import { createOwnedPartition } from './owned-partition.ts'
import { createTurn } from './turn.ts'

const PARTITION = 5
const [a, b, stranger] = threeSids()
const seal = createSeal('a secret of this test')

function threeSids(): [Sid, Sid, Sid] {
  const [first, second, third] = sidsOf(PARTITION, 3)
  if (!first || !second || !third) throw new Error('no sids')
  return [first, second, third]
}

function setUp({ known = [a, b] } = {}) {
  const clock = manualClock(AT)
  const batcher = recordingBatcher()
  const replica = createStateReplica()
  const owned = createOwnedPartition(PARTITION, clock, null)
  owned.epoch = 7
  owned.sessions.put(sessionOf(a), true)
  for (const sid of known) replica.putOwn(owned.sessions.get(sid) ?? sessionOf(sid, { slot: 1 }), 7)
  const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: (sid) => replica.get(sid)?.slot })
  const turn = createTurn({ owned, offset: 40, outbox, seal, sessions: replica })
  const outputs = (): OutputRecord[] =>
    batcher.sent
      .filter(({ topic }) => topic === 'holdfast.out')
      .map(({ value }) => outputRecordSchema.parse(JSON.parse(value ?? 'null')))
  return { batcher, owned, turn, outputs }
}

const say = (to: readonly Sid[], text = 'x'): Effect => ({ kind: 'output', to, parts: [{ kind: 'text', text }] })
const order = (to: Sid): Effect => ({ kind: 'command', to, command: { kind: 'moved', room: '#2' } })

test('counts speeches, orders and events of a record in one row, each under its own index', () => {
  const { batcher, turn, outputs } = setUp()
  turn.apply(a, [say([a]), order(b), { kind: 'event', type: 'flush.failed', detail: {} }, say([b])], null)
  expect(outputs().map(({ cause }) => cause)).toEqual([
    { partition: PARTITION, offset: 40, index: 0 },
    { partition: PARTITION, offset: 40, index: 3 },
  ])
  const ids = batcher.sent
    .filter(({ topic }) => topic !== 'holdfast.out')
    .map(({ value }): unknown => JSON.parse(value ?? 'null'))
  expect(ids).toMatchObject([{ id: `${PARTITION}:40:1` }, { id: `${PARTITION}:40:2` }])
})

test('gives each output the same index when the record is applied again and others have come or gone', () => {
  const effects = [say([a, b]), order(b), say([stranger]), order(stranger), say([a])]
  const indexesFor = (known: Sid[]) => {
    const { turn, outputs } = setUp({ known })
    turn.apply(a, effects, { sid: a, inputSequence: 1 })
    return outputs()
      .filter(({ to }) => to.includes(a))
      .map(({ cause }) => cause.index)
  }
  expect(indexesFor([a, b])).toEqual([0, 4])
  expect(indexesFor([a])).toEqual([0, 4])
  expect(indexesFor([a, b, stranger])).toEqual([0, 4])
})

test('goes on counting over several inputs of one record', () => {
  const { turn, outputs } = setUp()
  turn.apply(a, [say([a])], { sid: a, inputSequence: 1 })
  turn.apply(a, [say([a])], { sid: a, inputSequence: 2 })
  expect(outputs().map(({ cause, done }) => [cause.index, done?.inputSequence])).toEqual([
    [0, 1],
    [1, 2],
  ])
})

test('answers every input in exactly one record to its own session, even one that says nothing', () => {
  for (const effects of [[], [say([b])], [say([a]), say([a])], [say([b]), say([a, b])]]) {
    const { turn, outputs } = setUp()
    turn.apply(a, effects, { sid: a, inputSequence: 9 })
    const answers = outputs().filter(({ done }) => done)
    expect(answers).toMatchObject([{ done: { sid: a, inputSequence: 9 } }])
    expect(answers[0]?.to).toContain(a)
  }
})

test('changes fields and metadata, and marks just these', () => {
  const { owned, turn } = setUp()
  turn.apply(a, [{ kind: 'set', fields: { room: '#2', meta: { color: 'on', old: null } } }], null)
  expect(owned.sessions.get(a)).toMatchObject({ room: '#2', meta: { color: 'on' }, serverRevision: 4 })
  expect(owned.dirty.pendingFields(a)).toEqual(['room', 'meta:color', 'meta:old'])
})

test.each([
  ['who and where', { room: '#2' }, true],
  ['what a list shows', { hidden: true }, true],
  ['metadata', { meta: { color: 'on' } }, false],
  ['nothing', {}, false],
])('publishes %s at once: %j is urgent, %j', (_, fields, isUrgent) => {
  const { turn } = setUp()
  turn.apply(a, [{ kind: 'set', fields }], null)
  expect(turn.isUrgent).toBe(isUrgent)
})

test('publishes the end of a wait at once, and not what is typed meanwhile', () => {
  const { turn } = setUp()
  turn.change(a, { waitingFor: { id: 'q', kind: 'k', sealed: 'x', parked: [] } })
  expect(turn.isUrgent).toBe(false)
  turn.change(a, { waitingFor: null })
  expect(turn.isUrgent).toBe(true)
})

test('stores a question sealed, under its cause, and keeps what was typed ahead', () => {
  const { owned, turn } = setUp()
  const parked = [{ inputSequence: 3, at: AT, sealed: 'x' }]
  owned.sessions.update(a, { waitingFor: { id: 'older', kind: 'k', sealed: 'x', parked } })
  turn.apply(a, [say([a]), { kind: 'ask', question: { kind: 'login', content: 'Ada pw' } }], null)
  const waitingFor = owned.sessions.get(a)?.waitingFor
  expect(waitingFor).toMatchObject({ id: `${PARTITION}:40:1`, kind: 'login', parked })
  expect(seal.open(waitingFor?.sealed ?? '', 'question', a)).toBe('Ada pw')
  expect(turn.hasAsked).toBe(true)
})

test('remembers the last sixteen commands', () => {
  const { owned, turn } = setUp()
  for (let i = 0; i < 20; i++) {
    const session = owned.sessions.get(a)
    if (session) turn.rememberCommand(session, `c${i}`)
  }
  expect(owned.sessions.get(a)?.commandIds).toEqual(Array.from({ length: 16 }, (_, i) => `c${i + 4}`))
})
