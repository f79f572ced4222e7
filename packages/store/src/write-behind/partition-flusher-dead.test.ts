import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { Sid } from '../contracts/index.ts'
import { createOwnedPartition, waitingOf } from '../partition/owned-partition.ts'
import type { Flush, FlushOutcome } from '../redis/session-scripts.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { flusherEvents } from '../testing/flusher-events.ts'
import { flushScripts, recordingBatcher } from '../testing/stand-ins.ts'
import { createBreaker } from './breaker.ts'
import { VALUE_BYTES_MAX } from './flush-items.ts'
import { createPartitionFlusher, type DeadLetterNotice } from './partition-flusher.ts'

/** Dead letters: what Redis refuses for good holds nobody else up, is told, and waits for a person. */

const PARTITION = 3
const sids = sidsOf(PARTITION, 5)
const [a, b] = someSids()

function someSids(): [Sid, Sid] {
  const [first, second] = sids
  if (!first || !second) throw new Error('no sids')
  return [first, second]
}

const stored = ({ items }: Flush): FlushOutcome => ({ kind: 'stored', items: items.map(() => 'stored' as const) })

function setUp({ acknowledged = Number.POSITIVE_INFINITY } = {}) {
  const clock = manualClock(AT)
  const batcher = recordingBatcher({ acknowledged })
  /** Values that Redis refuses, and whether it is there at all. */
  const redis = { refuses: new Set(['bad']), isAway: false }
  const { scripts, flushes } = flushScripts((flush) => {
    if (redis.isAway) return Promise.reject(new Error('Command timed out'))
    const isBad = flush.items.some(({ server }) => Object.values(server).some((value) => redis.refuses.has(value)))
    return isBad ? Promise.reject(new Error('ERR string exceeds maximum allowed size')) : Promise.resolve(stored(flush))
  })
  const owned = createOwnedPartition(PARTITION, clock, null)
  Object.assign(owned, { epoch: 7, next: 40, flushedOffset: 40, flushSequence: 10, acknowledged: 10, loaded: true })
  for (const sid of sids) owned.sessions.put(sessionOf(sid), true)
  const letters: DeadLetterNotice[] = []
  const failures: string[] = []
  const breaker = createBreaker(clock, () => 0)
  const flusher = createPartitionFlusher({
    owned,
    owner: 'server-1',
    scripts,
    batcher,
    breaker,
    clock,
    random: () => 0.5,
    isCurrent: () => true,
    events: flusherEvents({
      onFailed: (_, problem) => failures.push(problem),
      onDeadLetter(_, letter) {
        letters.push(letter)
        batcher.send({ topic: 'holdfast.state', partition: PARTITION, key: letter.sid, value: 'its copy' })
      },
    }),
  })
  const sentTo = (sid: Sid): number => flushes.filter(({ items }) => items.some((item) => item.sid === sid)).length
  return { clock, batcher, redis, flushes, owned, breaker, letters, failures, flusher, sentTo }
}

const everyRoom = (owned: ReturnType<typeof setUp>['owned'], bad: Sid): void => {
  for (const sid of sids) owned.sessions.update(sid, { room: sid === bad ? 'bad' : '#4' })
}

test('stores everybody but the one that Redis refuses, and the offset', async () => {
  const { flusher, flushes, owned, letters, failures } = setUp()
  everyRoom(owned, b)
  owned.next = 45
  await flusher.flush()
  const done = new Set(flushes.slice(1).flatMap(({ items }) => (items.some(({ sid }) => sid === b) ? [] : items)))
  expect(new Set([...done].map(({ sid }) => sid))).toEqual(new Set(sids.filter((sid) => sid !== b)))
  expect(flushes.at(-1)).toMatchObject({ offset: 45, items: [] })
  expect(flushes.slice(0, -1).every(({ offset }, at) => at === 0 || offset === -1)).toBe(true)
  expect(owned).toMatchObject({ flushedOffset: 45 })
  expect(letters).toEqual([
    { sid: b, fields: ['room'], attempts: 1, problem: 'ERR string exceeds maximum allowed size' },
  ])
  expect(failures).toEqual([])
  expect(flusher.isDue()).toBe(false)
})

test('lets the offset pass a dead letter only when Kafka has its copy', async () => {
  const { clock, flusher, flushes, owned, batcher } = setUp({ acknowledged: 0 })
  everyRoom(owned, b)
  owned.next = 45
  const flushing = flusher.flush()
  await clock.advance(60_000)
  expect(flushes.length).toBeGreaterThan(1)
  // The very first call would have carried it, had it been taken: nothing of it is stored.
  expect(flushes.slice(1).filter(({ offset }) => offset === 45)).toEqual([])
  expect(owned.flushedOffset).toBe(40)
  batcher.acknowledge(1)
  await flushing
  expect(flushes.at(-1)).toMatchObject({ offset: 45 })
  expect(owned.flushedOffset).toBe(45)
})

test('never sends a value that is too large, since Redis would cut the connection', async () => {
  const { flusher, owned, letters, flushes } = setUp()
  owned.sessions.setMeta(a, 'bio', 'x'.repeat(VALUE_BYTES_MAX + 1))
  owned.sessions.setMeta(b, 'bio', 'x'.repeat(VALUE_BYTES_MAX))
  await flusher.flush()
  expect(letters).toMatchObject([{ sid: a, fields: ['meta:bio'], problem: expect.stringContaining('meta:bio has') }])
  expect(flushes.flatMap(({ items }) => items.map(({ sid }) => sid))).toEqual([b])
})

test('does not try a dead letter again by itself', async () => {
  const { clock, flusher, owned, sentTo } = setUp()
  everyRoom(owned, b)
  await flusher.flush()
  const tries = sentTo(b)
  owned.sessions.update(a, { room: '#5' })
  await clock.advance(60_000)
  await flusher.flush()
  expect(sentTo(b)).toBe(tries)
  expect(waitingOf(owned, b)).toMatchObject({ fields: ['room'], isDead: true, nextAt: null })
})

test('tries it again, alone, when its session changes, and forgets that it was dead once it is stored', async () => {
  const { flusher, flushes, owned, letters } = setUp()
  everyRoom(owned, b)
  await flusher.flush()
  const before = flushes.length
  for (const sid of sids) owned.sessions.update(sid, { room: '#6' })
  await flusher.flush()
  const [alone, together] = flushes.slice(before).map(({ items }) => items.map(({ sid }) => sid))
  expect(alone).toEqual([b])
  expect(new Set(together)).toEqual(new Set(sids.filter((sid) => sid !== b)))
  expect(owned.dirty.has(b)).toBe(false)
  owned.sessions.update(b, { room: '#7' })
  expect(owned.dirty.entries().get(b)?.isSuspect).toBe(false)
  expect(letters).toHaveLength(1)
})

test('tries again what a wizard says, one or all, and says how many that were', async () => {
  const { flusher, owned, redis, sentTo, letters } = setUp()
  for (const sid of [a, b]) owned.sessions.update(sid, { room: 'bad' })
  await flusher.flush()
  expect(letters).toHaveLength(2)
  const tries = [sentTo(a), sentTo(b)]
  expect(flusher.retryNow(a)).toBe(1)
  expect(flusher.isDue()).toBe(true)
  await flusher.flush()
  expect(sentTo(a)).toBeGreaterThan(tries[0] ?? 0)
  expect(sentTo(b)).toBe(tries[1])
  expect(owned.dirty.deadLetters().size).toBe(2)
  redis.refuses.clear()
  expect(flusher.retryNow(null)).toBe(2)
  await flusher.flush()
  expect(owned.dirty.deadLetters().size).toBe(0)
  expect(waitingOf(owned, a)).toBeNull()
  expect(flusher.retryNow(null)).toBe(0)
})

test('has what waits for a back-off or for the breaker tried at once', async () => {
  const { clock, flusher, owned, redis, breaker } = setUp()
  redis.isAway = true
  owned.sessions.update(a, { room: '#4' })
  for (let i = 0; i < 3; i++) await flusher.flush()
  expect(breaker.state).toBe('open')
  expect(waitingOf(owned, a)).toMatchObject({ attempts: 3, error: 'Redis did not answer in time' })
  expect(waitingOf(owned, a)?.nextAt).toBeGreaterThan(clock.now())
  redis.isAway = false
  expect(flusher.retryNow(a)).toBe(0)
  expect(flusher.isDue()).toBe(true)
  await flusher.flush()
  expect([breaker.state, waitingOf(owned, a)]).toEqual(['closed', null])
})

test('flushes at once when the breaker closes, whatever its own back-off says', async () => {
  const { flusher, owned, redis, breaker } = setUp()
  redis.isAway = true
  owned.sessions.update(a, { room: '#4' })
  for (let i = 0; i < 3; i++) await flusher.flush()
  expect(flusher.isDue()).toBe(false)
  breaker.succeeded() // another partition's probe
  expect(flusher.isDue()).toBe(true)
})

test('gives a dead letter up with the values that are not stored', async () => {
  const { flusher, owned } = setUp()
  owned.sessions.update(b, { room: 'bad' })
  owned.sessions.setMeta(b, 'color', 'on')
  expect(flusher.drop(b)).toBeNull()
  await flusher.flush()
  expect(flusher.drop(b)).toEqual({ room: 'bad', 'meta:color': 'on' })
  expect([flusher.drop(b), owned.dirty.has(b), flusher.isDue()]).toEqual([null, false, false])
})

test('does not tell a player that a binding is stored that Redis refuses', async () => {
  const { flusher, owned } = setUp()
  owned.sessions.update(a, { player: 'bad' })
  expect(await flusher.storeBinding(a)).toBe('unavailable')
  owned.sessions.update(b, { player: '#5' })
  expect(await flusher.storeBinding(b)).toBe('stored')
})

test('closes a session whose letter is dead', async () => {
  const { flusher, flushes, owned } = setUp()
  owned.sessions.update(b, { room: 'bad' })
  await flusher.flush()
  owned.sessions.remove(b)
  owned.dirty.markEnded(b, { connectionEpoch: 1, reason: 'quit', at: AT })
  await flusher.flush()
  expect(flushes.at(-2)?.items).toMatchObject([{ operation: 'close', sid: b }])
  expect(owned.dirty.has(b)).toBe(false)
})

test('calls nobody dead when the partition’s own keys are what is wrong', async () => {
  const clock = manualClock(AT)
  const { scripts, flushes } = flushScripts(() => Promise.reject(new Error('WRONGTYPE Operation against a key')))
  const owned = createOwnedPartition(PARTITION, clock, null)
  Object.assign(owned, { epoch: 7, next: 40, flushedOffset: 40, loaded: true })
  for (const sid of sids) owned.sessions.put(sessionOf(sid), true)
  const failures: string[] = []
  const flusher = createPartitionFlusher({
    owned,
    owner: 'server-1',
    scripts,
    batcher: recordingBatcher(),
    breaker: createBreaker(clock, () => 0),
    clock,
    random: () => 0.5,
    isCurrent: () => true,
    events: flusherEvents({ onFailed: (_, problem) => failures.push(problem) }),
  })
  everyRoom(owned, b)
  await flusher.flush()
  expect(flushes).toHaveLength(2)
  expect(failures).toEqual(['WRONGTYPE Operation against a key'])
  expect([owned.dirty.size, owned.dirty.deadLetters().size]).toEqual([sids.length, 0])
  expect(flusher.isDue()).toBe(false)
})
