import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionOf, type SessionRecord, type Sid, type StateRecord } from '../contracts/index.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { createStateReplica } from './state-replica.ts'

const PARTITION = 5
const [a, b, c] = threeSids()

function threeSids(): [Sid, Sid, Sid] {
  const [first, second, third] = sidsOf(PARTITION, 3)
  if (!first || !second || !third) throw new Error('no sids')
  return [first, second, third]
}

const logRecord = (value: string | null) => ({
  partition: PARTITION,
  offset: 0,
  key: null,
  value: value === null ? null : Buffer.from(value),
})
const read = (record: StateRecord) => logRecord(JSON.stringify(record))
const session = (record: SessionRecord, epoch: number) =>
  read({ v: 1, kind: 'session', epoch, at: AT, owner: 'server-1', record, pending: null })
const ended = (sid: Sid, epoch: number) => read({ v: 1, kind: 'ended', epoch, at: AT, sid, reason: 'quit' })
const position = (epoch: number, offset: number) =>
  read({ v: 1, kind: 'position', epoch, at: AT, owner: 'server-1', partition: PARTITION, offset })

const playing = (sid: Sid, fields: Partial<SessionRecord> = {}) =>
  sessionOf(sid, { loginState: 'loggedIn', player: '#3', room: '#0', ...fields })

test('passes over what a former owner says after a newer one has spoken', () => {
  const replica = createStateReplica()
  replica.apply(session(playing(a, { room: '#1' }), 7))
  replica.apply(session(playing(a, { room: '#2' }), 6))
  replica.apply(ended(a, 6))
  replica.apply(session(playing(b), 6))
  expect(replica.get(a)?.room).toBe('#1')
  expect(replica.get(b)).toBeUndefined()
})

test('knows from a position alone that a newer owner is there', () => {
  const replica = createStateReplica()
  replica.apply(position(8, 100))
  replica.apply(session(playing(a), 7))
  replica.apply(position(7, 900))
  expect(replica.get(a)).toBeUndefined()
  expect(replica.position(PARTITION)).toEqual({ epoch: 8, offset: 100 })
})

test('believes its own memory over everything of its own that it reads back', () => {
  const replica = createStateReplica()
  replica.putOwn(playing(a, { room: '#9' }), 7)
  replica.apply(session(playing(a, { room: '#1' }), 7))
  replica.apply(ended(a, 7))
  expect(replica.get(a)?.room).toBe('#9')
  replica.endOwn(a, 7, AT)
  replica.apply(session(playing(a), 7))
  expect(replica.get(a)).toBeUndefined()
})

test('shows an own session as it is now, with no copy to go stale', () => {
  const replica = createStateReplica()
  const own = { ...playing(a), commandCount: 1 }
  replica.putOwn(own, 7)
  own.commandCount = 2
  expect(replica.get(a)?.commandCount).toBe(2)
})

test('hears a newer owner over what was its own', () => {
  const replica = createStateReplica()
  replica.putOwn(playing(a, { room: '#9' }), 7)
  replica.apply(session(playing(a, { room: '#1' }), 8))
  expect(replica.get(a)?.room).toBe('#1')
  replica.putOwn(playing(a, { room: '#9' }), 7)
  replica.endOwn(a, 7, AT)
  expect(replica.get(a)?.room).toBe('#1')
})

test('keeps the last known copy of a partition that was lost, and lets memory go on without touching it', () => {
  const replica = createStateReplica()
  const own = { ...playing(a), commandCount: 1 }
  replica.putOwn(own, 7)
  replica.disown(PARTITION)
  own.commandCount = 99
  expect(replica.get(a)?.commandCount).toBe(1)
  replica.apply(session(playing(a, { commandCount: 5 }), 7))
  expect(replica.get(a)?.commandCount).toBe(5)
})

test('remembers what ended until it is told that nobody needs to', () => {
  const replica = createStateReplica()
  replica.apply(session(playing(a), 7))
  replica.apply(ended(a, 7))
  replica.apply(ended(b, 7))
  expect([...replica.endedOf(PARTITION)]).toEqual([
    [a, AT],
    [b, AT],
  ])
  expect(replica.ofPartition(PARTITION)).toEqual([])
  replica.forgetEnded(a)
  replica.apply(logRecord(null))
  expect([...replica.endedOf(PARTITION).keys()]).toEqual([b])
  expect(replica.endedOf(PARTITION + 1).size).toBe(0)
})

test('never holds a session as living and ended at once', () => {
  const replica = createStateReplica()
  replica.apply(ended(a, 7))
  replica.apply(session(playing(a), 8))
  expect(replica.get(a)).toBeDefined()
  expect(replica.endedOf(PARTITION).has(a)).toBe(false)
})

test('counts what it cannot read and goes on', () => {
  const replica = createStateReplica()
  for (const bad of ['', 'no JSON', '{}', '{"v":2,"kind":"session"}', JSON.stringify({ v: 1, kind: 'position' })])
    replica.apply(logRecord(bad))
  replica.apply(session(playing(a), 7))
  expect(replica.unreadable).toBe(5)
  expect(replica.all()).toHaveLength(1)
})

test('lists a room’s players only once they are logged in', () => {
  const replica = createStateReplica()
  replica.putOwn(sessionOf(a, { room: '#0' }), 7)
  expect(replica.inRoom('#0')).toEqual([])
  replica.putOwn(playing(a), 7)
  expect(replica.inRoom('#0').map(({ sid }) => sid)).toEqual([a])
})

test('moves an own session between lists even though its record changes in place', () => {
  const replica = createStateReplica()
  const own = { ...playing(a) }
  replica.putOwn(own, 7)
  Object.assign(own, { room: '#1', player: '#4' })
  replica.putOwn(own, 7)
  expect(replica.inRoom('#0')).toEqual([])
  expect(replica.ofPlayer('#3')).toEqual([])
  expect(replica.inRoom('#1')).toEqual([own])
  expect(replica.ofPlayer('#4')).toEqual([own])
})

test('keeps every list equal to the sessions there are, over any history', () => {
  const step = fc.record({
    sid: fc.constantFrom(a, b, c),
    epoch: fc.integer({ min: 1, max: 4 }),
    what: fc.constantFrom('read', 'read', 'own', 'ended', 'end own', 'disown'),
    fields: fc.record({
      room: fc.constantFrom('#0', '#1', null),
      player: fc.constantFrom('#3', '#4', null),
      loginState: fc.constantFrom('connected' as const, 'loggedIn' as const),
    }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (plan) => {
      const replica = createStateReplica()
      for (const { sid, epoch, what, fields } of plan) {
        const record = sessionOf(sid, { handle: [a, b, c].indexOf(sid) + 1, ...fields })
        if (what === 'read') replica.apply(session(record, epoch))
        if (what === 'own') replica.putOwn(record, epoch)
        if (what === 'ended') replica.apply(ended(sid, epoch))
        if (what === 'end own') replica.endOwn(sid, epoch, AT)
        if (what === 'disown') replica.disown(PARTITION)
        const all = replica.all()
        const sids = (records: readonly SessionRecord[]) => records.map((each) => each.sid).sort()
        for (const room of ['#0', '#1'])
          expect(sids(replica.inRoom(room))).toEqual(
            sids(all.filter((each) => each.room === room && each.loginState === 'loggedIn')),
          )
        for (const player of ['#3', '#4'])
          expect(sids(replica.ofPlayer(player))).toEqual(sids(all.filter((each) => each.player === player)))
        for (const each of all) {
          expect(replica.get(each.sid)).toBe(each)
          expect(replica.byHandle(each.handle)).toBe(each)
          expect(partitionOf(each.sid)).toBe(PARTITION)
        }
        expect(sids(replica.ofPartition(PARTITION))).toEqual(sids(all))
      }
    }),
    { numRuns: 300 },
  )
})
