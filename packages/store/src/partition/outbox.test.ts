import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import {
  deadLetterSchema,
  outputRecordSchema,
  PARTITIONS,
  partitionOf,
  type Sid,
  sessionEventSchema,
  shownEventSchema,
  stateRecordSchema,
} from '../contracts/index.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import { createOutbox } from './outbox.ts'

const cause = { partition: 5, offset: 40, index: 1 }
const parts = [{ kind: 'text', text: 'Ada says, "Hello."\n' }] as const

function setUp(slotOf: (sid: Sid) => number | undefined = () => 0) {
  const batcher = recordingBatcher()
  const outbox = createOutbox({ batcher, clock: manualClock(AT), incarnation: 'server-1', slotOf })
  const json = () => batcher.sent.map(({ value }): unknown => JSON.parse(value ?? 'null'))
  return { batcher, outbox, json }
}

test('sends one record of a speech to each slot that has listeners, all under one cause', () => {
  const slots = new Map([1, 2, 3, 4].map((number) => [sidOf(number), number % 2]))
  const { batcher, outbox, json } = setUp((sid) => slots.get(sid))
  outbox.speak({ to: [...slots.keys()], parts, cause, epoch: 7, done: null })
  expect(batcher.sent.map(({ topic, partition }) => [topic, partition])).toEqual([
    ['holdfast.out', 1],
    ['holdfast.out', 0],
  ])
  const records = json().map((each) => outputRecordSchema.parse(each))
  expect(records).toEqual([
    { v: 1, to: [sidOf(1), sidOf(3)], cause, epoch: 7, data: parts },
    { v: 1, to: [sidOf(2), sidOf(4)], cause, epoch: 7, data: parts },
  ])
})

test('passes over listeners whose connection nobody knows', () => {
  const { batcher, outbox } = setUp((sid) => (sid === sidOf(1) ? 4 : undefined))
  expect(outbox.speak({ to: [sidOf(2), sidOf(1)], parts, cause, epoch: 7, done: null })).toBe(false)
  expect(batcher.sent).toHaveLength(1)
  outbox.speak({ to: [sidOf(2)], parts, cause, epoch: 7, done: null })
  expect(batcher.sent).toHaveLength(1)
})

test('says that an input is done only in the record that its own session reads', () => {
  const { outbox, json } = setUp((sid) => (sid === sidOf(1) ? 1 : 2))
  const done = { sid: sidOf(1), inputSequence: 9 }
  expect(outbox.speak({ to: [sidOf(2)], parts, cause, epoch: 7, done })).toBe(false)
  expect(outbox.speak({ to: [sidOf(2), sidOf(1)], parts, cause, epoch: 7, done })).toBe(true)
  const told = json().map((each) => outputRecordSchema.parse(each))
  expect(told.map((each) => [each.to, each.done])).toEqual([
    [[sidOf(2)], undefined],
    [[sidOf(2)], undefined],
    [[sidOf(1)], done],
  ])
})

test('names each listener of a long list in exactly one record, and says done once', () => {
  const { outbox, json } = setUp(() => 3)
  const to = Array.from({ length: 4_500 }, (_, number) => sidOf(number))
  const done = { sid: sidOf(4_321), inputSequence: 1 }
  expect(outbox.speak({ to, parts, cause, epoch: 7, done })).toBe(true)
  const records = json().map((each) => outputRecordSchema.parse(each))
  expect(records.map((each) => each.to.length)).toEqual([2_000, 2_000, 500])
  expect(records.flatMap((each) => each.to)).toEqual(to)
  expect(records.map((each) => each.done)).toEqual([undefined, undefined, done])
})

test('sends a command to its session’s partition, under the id of its cause', () => {
  const { batcher, outbox, json } = setUp()
  const session = sessionOf(sidOf(1), { connectionEpoch: 4 })
  outbox.command(session, { kind: 'moved', room: '#2' }, '5:40:1')
  expect(batcher.sent).toMatchObject([
    { topic: 'holdfast.session', partition: partitionOf(session.sid), key: session.sid },
  ])
  expect(json().map((each) => sessionEventSchema.parse(each))).toMatchObject([
    { id: '5:40:1', connectionEpoch: 4, from: 'server-1', at: AT, command: { kind: 'moved', room: '#2' } },
  ])
})

test('keeps all copies of a session under one key of its partition, so that compaction keeps the last', () => {
  const { batcher, outbox, json } = setUp()
  const session = sessionOf(sidOf(1))
  const pending = { fields: ['room'], since: AT, attempts: 0, nextAt: null, error: null, isDead: false }
  outbox.publish(session, 7, pending)
  outbox.publishEnded({ v: 1, kind: 'ended', epoch: 7, at: AT, sid: session.sid, reason: 'quit' })
  outbox.publishEnded({ v: 1, kind: 'ended', epoch: 7, at: AT, sid: session.sid, reason: 'boot' }, true)
  outbox.forget(session.sid)
  const partition = partitionOf(session.sid)
  expect(batcher.sent.map(({ topic, partition: at, key }) => [topic, at, key])).toEqual(
    ['server', 'server', 'gateway', 'server', 'server', 'gateway'].map((copy) => [
      'holdfast.state',
      partition,
      `${session.sid}/${copy}`,
    ]),
  )
  expect(batcher.sent.map(({ value }) => value === null)).toEqual([false, false, true, false, true, true])
  const [copy, end] = json()
    .slice(0, 2)
    .map((each) => stateRecordSchema.parse(each))
  expect(copy).toMatchObject({ kind: 'session', owner: 'server-1', record: session, pending })
  expect(end).toMatchObject({ kind: 'ended', sid: session.sid })
})

test('keeps one position a partition', () => {
  const { batcher, outbox, json } = setUp()
  outbox.publishPosition(5, 7, 40)
  expect(batcher.sent).toMatchObject([{ topic: 'holdfast.state', partition: 5, key: '5/position' }])
  expect(stateRecordSchema.parse(json()[0])).toMatchObject({ kind: 'position', epoch: 7, offset: 40 })
})

test('shows a session’s events in one order, within the partitions there are', () => {
  const { batcher, outbox, json } = setUp()
  for (let number = 0; number < PARTITIONS; number++) outbox.show('flush.failed', sidOf(number), { count: 1 }, 'x')
  outbox.show('data-gap', null, { partition: 5 }, 'y')
  for (const { partition } of batcher.sent) expect([0, 1, 2, 3]).toContain(partition)
  expect(json().map((each) => shownEventSchema.parse(each).from)).toContain('server-1')
})

test('tells where a poison record lies and why, and nothing of what it says', () => {
  const { batcher, outbox, json } = setUp()
  outbox.deadLetter({ partition: 5, offset: 40, reason: 'the command failed twice' })
  expect(batcher.sent).toMatchObject([{ topic: 'holdfast.dead-letter', partition: 0, key: '5:40:0' }])
  expect(deadLetterSchema.parse(json()[0])).toEqual({
    v: 1,
    kind: 'record',
    at: AT,
    from: 'server-1',
    topic: 'holdfast.session',
    partition: 5,
    offset: 40,
    reason: 'the command failed twice',
  })
})
