import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { Sid } from '../contracts/index.ts'
import { createOwnedPartition, keepMemory } from '../partition/owned-partition.ts'
import type { Flush, FlushItem, FlushOutcome } from '../redis/session-scripts.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { flusherEvents } from '../testing/flusher-events.ts'
import { flushScripts, recordingBatcher } from '../testing/stand-ins.ts'
import { createBreaker } from './breaker.ts'
import { CRITICAL_FLUSH_WAIT_MS, createPartitionFlusher } from './partition-flusher.ts'

const PARTITION = 3
const [a, b] = twoSids()

function twoSids(): [Sid, Sid] {
  const [first, second] = sidsOf(PARTITION, 2)
  if (!first || !second) throw new Error('no sids')
  return [first, second]
}

const stored = ({ items }: Flush): FlushOutcome => ({ kind: 'stored', items: items.map(() => 'stored' as const) })
const storedAll = (flush: Flush) => Promise.resolve(stored(flush))
const away = () => Promise.reject(new Error('Command timed out'))

type Answer = (flush: Flush, call: number) => Promise<FlushOutcome>

function setUp({
  answer = storedAll,
  acknowledged = Number.POSITIVE_INFINITY,
}: {
  answer?: Answer
  acknowledged?: number
} = {}) {
  const clock = manualClock(AT)
  const batcher = recordingBatcher({ acknowledged })
  const { scripts, flushes } = flushScripts(answer)
  const owned = createOwnedPartition(PARTITION, clock, null)
  Object.assign(owned, { epoch: 7, next: 40, flushedOffset: 40, flushSequence: 10, acknowledged: 10, loaded: true })
  for (const sid of [a, b]) owned.sessions.put(sessionOf(sid), true)
  const breaker = createBreaker(clock, () => 0)
  const heard: string[] = []
  const life = { isCurrent: true }
  const makeFlusher = (of = owned, isCurrent = () => life.isCurrent) =>
    createPartitionFlusher({
      owned: of,
      owner: 'server-1',
      scripts,
      batcher,
      breaker,
      clock,
      random: () => 0.5,
      isCurrent,
      events: flusherEvents({
        onFenced: () => heard.push('fenced'),
        onRolledBack: () => heard.push('rolled back'),
        onDead: (_, sid) => heard.push(`dead ${sid}`),
        onNewerConnection: (_, sid) => heard.push(`newer ${sid}`),
        onDeadLetter: (_, { sid, problem }) => heard.push(`dead letter ${sid}: ${problem}`),
        onStored: (fields) => heard.push(`stored ${fields.join()}`),
        onFailed: (fields, problem) => heard.push(`failed ${fields.join()}: ${problem}`),
      }),
    })
  const say = () => batcher.send({ topic: 'holdfast.out', partition: 0, key: null, value: 'an output' })
  return { clock, batcher, flushes, owned, breaker, heard, life, makeFlusher, flusher: makeFlusher(), say }
}

const fieldsOf = (flush: Flush | undefined, sid: Sid = a): FlushItem['server'] | undefined =>
  flush?.items.find((item) => item.sid === sid)?.server

test('stores the dirty fields with the offset up to which they are all', async () => {
  const { flusher, flushes, owned, heard } = setUp()
  owned.sessions.update(a, { room: '#4', inputSequence: 9 })
  owned.sessions.setMeta(a, 'color', 'on')
  owned.next = 45
  expect(flusher.isDue()).toBe(true)
  await flusher.flush()
  expect(flushes).toEqual([
    {
      partition: PARTITION,
      epoch: 7,
      owner: 'server-1',
      offset: 45,
      isLogReplaced: false,
      flushSequence: 11,
      acknowledged: 10,
      now: AT,
      items: [
        {
          operation: 'update',
          sid: a,
          connectionEpoch: 1,
          serverRevision: 3,
          server: { room: '#4', inputSequence: '9', 'meta:color': 'on' },
          gateway: {},
        },
      ],
    },
  ])
  expect(owned).toMatchObject({ flushedOffset: 45, acknowledged: 11 })
  expect(owned.dirty.size).toBe(0)
  expect(flusher.isDue()).toBe(false)
  expect(heard).toEqual(['stored room,inputSequence,meta:color'])
})

test('writes nothing to Redis before Kafka has what the values caused', async () => {
  const { clock, flusher, flushes, batcher, owned, say } = setUp({ acknowledged: 0 })
  owned.sessions.update(a, { inputSequence: 9 })
  owned.next = 41
  say()
  const flushing = flusher.flush()
  await clock.advance(60_000)
  expect(flushes).toEqual([])
  batcher.acknowledge(1)
  await flushing
  expect(flushes).toHaveLength(1)
})

test('stores the values, the offset and the position of one moment, whatever comes while it waits for Kafka', async () => {
  const { clock, flusher, flushes, batcher, owned, say } = setUp({ acknowledged: 0 })
  owned.sessions.update(a, { inputSequence: 9 })
  owned.next = 41
  say()
  const flushing = flusher.flush()
  await clock.advance(0)
  owned.sessions.update(a, { inputSequence: 10 })
  owned.next = 42
  say()
  batcher.acknowledge(1)
  await flushing
  expect(flushes[0]).toMatchObject({ offset: 41 })
  expect(fieldsOf(flushes[0])).toEqual({ inputSequence: '9' })
  batcher.acknowledge(2)
  await flusher.flush()
  expect(flushes[1]).toMatchObject({ offset: 42 })
  expect(fieldsOf(flushes[1])).toEqual({ inputSequence: '10' })
})

test('stores the offset alone when records changed nothing', async () => {
  const { flusher, flushes, owned } = setUp()
  owned.next = 50
  expect(flusher.isDue()).toBe(true)
  await flusher.flush()
  expect(flushes).toMatchObject([{ offset: 50, items: [] }])
  expect(flusher.isDue()).toBe(false)
})

test('keeps everything dirty when the batcher is closed before Kafka has it', async () => {
  const { clock, flusher, flushes, batcher, owned, say } = setUp({ acknowledged: 0 })
  owned.sessions.update(a, { room: '#4' })
  say()
  const flushing = flusher.flush()
  await clock.advance(0)
  batcher.refuse()
  await flushing
  expect(flushes).toEqual([])
  expect(owned.dirty.pendingFields(a)).toEqual(['room'])
})

test('writes present values under a new number after a time-out, and no sooner than its back-off', async () => {
  const { clock, flusher, flushes, owned, heard } = setUp({
    answer: (flush, call) => (call === 0 ? away() : storedAll(flush)),
  })
  owned.sessions.update(a, { room: '#4' })
  await flusher.flush()
  expect(heard).toEqual(['failed room: Redis did not answer in time'])
  expect(owned.dirty.entries().get(a)).toMatchObject({ attempts: 1, error: 'Redis did not answer in time' })
  expect(flusher.isDue()).toBe(false)
  owned.sessions.update(a, { room: '#5', hidden: true })
  await clock.advance(50)
  expect(flusher.isDue()).toBe(true)
  await flusher.flush()
  expect(flushes[1]).toMatchObject({ flushSequence: 12, acknowledged: 10 })
  expect(fieldsOf(flushes[1])).toEqual({ room: '#5', hidden: 'true' })
  expect(owned.dirty.size).toBe(0)
})

test('runs one flush of a partition at a time', async () => {
  let inFlight = 0
  const { clock, flusher, flushes, owned } = setUp({
    async answer(flush) {
      expect(++inFlight).toBe(1)
      await clock.sleep(10)
      inFlight--
      return stored(flush)
    },
  })
  owned.sessions.update(a, { room: '#4' })
  const all = Promise.all([flusher.flush(), flusher.flush(), flusher.storeBinding(a)])
  expect(flusher.isDue()).toBe(false)
  await clock.advance(100)
  await all
  expect(flushes.map(({ flushSequence }) => flushSequence)).toEqual([11, 12, 13])
})

test('asks nothing of a Redis that is away while the breaker is open', async () => {
  const { clock, flusher, flushes, owned, breaker } = setUp({ answer: away })
  owned.sessions.update(a, { room: '#4' })
  for (let i = 0; i < 3; i++) await flusher.flush()
  expect(breaker.state).toBe('open')
  await flusher.flush()
  expect(await flusher.storeBinding(a)).toBe('unavailable')
  expect(flushes).toHaveLength(3)
  expect(owned.dirty.pendingFields(a)).toEqual(['room'])
  await clock.advance(2_000)
  await flusher.flush()
  expect(flushes).toHaveLength(4)
})

test('tells that it is fenced and keeps what it could not store', async () => {
  const { flusher, owned, heard } = setUp({ answer: () => Promise.resolve({ kind: 'fenced' }) })
  owned.sessions.update(a, { room: '#4' })
  await flusher.flush()
  expect(heard).toEqual(['failed room: fenced', 'fenced'])
  expect(owned.dirty.pendingFields(a)).toEqual(['room'])
  expect(owned.flushedOffset).toBe(40)
})

test('writes everything again, tombstones included, when the store has lost a flush', async () => {
  const { flusher, flushes, owned, heard } = setUp({
    answer: (flush, call) =>
      call === 0 ? Promise.resolve({ kind: 'rolled-back', flushSequence: 4 }) : storedAll(flush),
  })
  const [, , gone] = sidsOf(PARTITION, 3)
  if (!gone) throw new Error('no third sid')
  owned.dead.set(gone, AT)
  owned.sessions.update(a, { room: '#4' })
  await flusher.flush()
  expect(heard).toContain('rolled back')
  expect(flusher.isDue()).toBe(true)
  await flusher.flush()
  expect(flushes[1]).toMatchObject({ flushSequence: 12, acknowledged: 4, offset: 40 })
  expect(flushes[1]?.items.map(({ operation, sid }) => `${operation} ${sid}`).sort()).toEqual(
    [`create ${a}`, `create ${b}`, `close ${gone}`].sort(),
  )
  expect(owned.dirty.size).toBe(0)
})

test('takes a repeated flush number for a write that must be tried again', async () => {
  const { clock, flusher, flushes, owned } = setUp({
    answer: (flush, call) => (call === 0 ? Promise.resolve({ kind: 'repeated' }) : storedAll(flush)),
  })
  owned.sessions.update(a, { room: '#4' })
  await flusher.flush()
  await clock.advance(2_000)
  await flusher.flush()
  expect(flushes.map(({ flushSequence }) => flushSequence)).toEqual([11, 12])
  expect(owned.dirty.size).toBe(0)
})

test('creates a record again, whole, when Redis has none of it', async () => {
  const { flusher, flushes, owned } = setUp({
    answer: (flush, call) => Promise.resolve(call === 0 ? { kind: 'stored', items: ['gone'] } : stored(flush)),
  })
  owned.sessions.update(a, { room: '#4', playerName: 'Ada' })
  await flusher.flush()
  expect(owned.dirty.pendingFields(a)).toEqual(['*'])
  await flusher.flush()
  const [item] = flushes[1]?.items ?? []
  expect(item).toMatchObject({ operation: 'create', serverRevision: 2 })
  expect(item?.server).toMatchObject({ room: '#4', playerName: 'Ada', player: '', loginState: 'connected' })
  expect(item?.gateway).toMatchObject({ handle: '1', gateway: 'gateway-1', connectionEpoch: '1' })
})

test('passes on what the store knows better: a tombstone, a newer connection', async () => {
  const { flusher, owned, heard } = setUp({
    answer: () => Promise.resolve({ kind: 'stored', items: ['dead', 'newer-connection'] }),
  })
  owned.sessions.update(a, { room: '#4' })
  owned.sessions.remove(b)
  owned.dirty.markEnded(b, { connectionEpoch: 1, reason: 'quit', at: AT })
  await flusher.flush()
  expect(heard).toEqual([`dead ${a}`, `newer ${b}`, 'stored room'])
})

test('deletes and tombstones a session that ended, with the connection that ended it', async () => {
  const { flusher, flushes, owned } = setUp()
  owned.sessions.update(a, { room: '#4' })
  owned.sessions.remove(a)
  owned.dirty.markEnded(a, { connectionEpoch: 3, reason: 'quit', at: AT })
  await flusher.flush()
  expect(flushes[0]?.items).toMatchObject([{ operation: 'close', sid: a, connectionEpoch: 3 }])
})

test('writes nothing once its life of ownership is over', async () => {
  const { clock, flusher, flushes, batcher, owned, life, say } = setUp({ acknowledged: 0 })
  owned.sessions.update(a, { room: '#4' })
  say()
  const flushing = flusher.flush()
  await clock.advance(0)
  life.isCurrent = false
  batcher.acknowledge(1)
  await flushing
  expect(flushes).toEqual([])
  expect(owned.dirty.pendingFields(a)).toEqual(['room'])
})

test('writes nothing of a partition that is not loaded', async () => {
  const { flusher, flushes, owned, heard } = setUp({ answer: () => Promise.resolve({ kind: 'fenced' }) })
  Object.assign(owned, { loaded: false, epoch: 0, next: -1 })
  expect(flusher.isDue()).toBe(false)
  await flusher.flush()
  expect(flushes).toEqual([])
  expect(heard).toEqual([])
})

test('loses no mark when a life that kept memory flushes while the one before it still does', async () => {
  const { clock, batcher, owned, makeFlusher, flushes, say, life } = setUp({ acknowledged: 0 })
  const old = makeFlusher()
  owned.sessions.update(a, { room: '#4' })
  say()
  const oldFlush = old.flush()
  await clock.advance(0)
  life.isCurrent = false
  const next = createOwnedPartition(PARTITION, clock, owned)
  keepMemory(next, owned)
  Object.assign(next, { epoch: 7, loaded: true })
  const fresh = makeFlusher(next, () => true)
  next.sessions.update(b, { room: '#5' })
  const newFlush = fresh.flush()
  await clock.advance(0)
  batcher.acknowledge(1)
  await Promise.all([oldFlush, newFlush])
  await fresh.flush()
  const written = flushes.flatMap(({ items }) => items.map(({ sid }) => sid))
  expect(written.sort()).toEqual([a, b].sort())
  expect(next.dirty.size).toBe(0)
})

test('never writes what a plain object has by nature as metadata', async () => {
  const { flusher, flushes, owned } = setUp()
  owned.sessions.setMeta(a, 'constructor', 'mine')
  owned.sessions.setMeta(a, 'constructor', null)
  await flusher.flush()
  expect(fieldsOf(flushes[0])).toEqual({ 'meta:constructor': '' })
})

test('tells that a binding is stored when it is, with the number of the input that made it', async () => {
  const { flusher, flushes, owned } = setUp()
  owned.sessions.update(a, { player: '#3', loginState: 'loggedIn', boundBy: 2, inputSequence: 2 })
  expect(await flusher.storeBinding(a)).toBe('stored')
  expect(fieldsOf(flushes[0])).toEqual({ player: '#3', loginState: 'loggedIn', boundBy: '2', inputSequence: '2' })
})

test('stores a binding whose record Redis has lost', async () => {
  const { flusher, flushes, owned } = setUp({
    answer: (flush, call) => Promise.resolve(call === 0 ? { kind: 'stored', items: ['gone'] } : stored(flush)),
  })
  owned.sessions.update(a, { player: '#3' })
  expect(await flusher.storeBinding(a)).toBe('stored')
  expect(flushes[1]?.items).toMatchObject([{ operation: 'create', sid: a }])
})

test('tells that a binding is not stored when Redis refuses it', async () => {
  const { flusher, owned } = setUp({ answer: away })
  owned.sessions.update(a, { player: '#3' })
  expect(await flusher.storeBinding(a)).toBe('unavailable')
  expect(owned.dirty.pendingFields(a)).toEqual(['player'])
})

test('tells that a binding is not stored after its patience, and stores it behind', async () => {
  const { clock, flusher, flushes, batcher, owned, say } = setUp({ acknowledged: 0 })
  owned.sessions.update(a, { player: '#3' })
  say()
  const storing = flusher.storeBinding(a)
  await clock.advance(CRITICAL_FLUSH_WAIT_MS)
  expect(await storing).toBe('unavailable')
  batcher.acknowledge(1)
  await clock.advance(0)
  expect(fieldsOf(flushes[0])).toEqual({ player: '#3' })
  expect(clock.pendingTimers()).toBe(0)
})

test('tells neither of two players who log in at once that they are stored when Redis refuses both', async () => {
  const { flusher, owned } = setUp({ answer: away })
  owned.sessions.update(a, { player: '#3' })
  owned.sessions.update(b, { player: '#4' })
  expect(await Promise.all([flusher.storeBinding(a), flusher.storeBinding(b)])).toEqual(['unavailable', 'unavailable'])
})

test('does not take another flush’s success for that of a binding', async () => {
  const first = Promise.withResolvers<void>()
  const { clock, flusher, owned } = setUp({
    answer: async (flush, call) => {
      if (call > 0) return away()
      await first.promise
      return stored(flush)
    },
  })
  owned.sessions.update(b, { room: '#4' })
  const flushing = flusher.flush()
  await clock.advance(0)
  owned.sessions.update(a, { player: '#3' })
  const storing = flusher.storeBinding(a)
  const later = flusher.flush()
  first.resolve()
  expect(await storing).toBe('unavailable')
  await Promise.all([flushing, later])
})
