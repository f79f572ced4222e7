import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { GATEWAY_FIELDS, type Sid, toHash } from '../contracts/index.ts'
import { createOwnedPartition } from '../partition/owned-partition.ts'
import type { FlushItemOutcome } from '../redis/session-scripts.ts'
import { AT, gatewayFields, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { flusherEvents } from '../testing/flusher-events.ts'
import { flushScripts, recordingBatcher } from '../testing/stand-ins.ts'
import { createBreaker } from './breaker.ts'
import { createPartitionFlusher } from './partition-flusher.ts'

/** What a wizard's reconcile has the flusher write, beyond changed fields. */

const PARTITION = 3
const a = oneSid()
const SEEN = '1.1.connected.gateway-2'

function oneSid(): Sid {
  const [first] = sidsOf(PARTITION, 1)
  if (!first) throw new Error('no sid')
  return first
}

function setUp(...outcomes: (FlushItemOutcome | 'time-out')[]) {
  const clock = manualClock(AT)
  const { scripts, flushes } = flushScripts(({ items }, call) => {
    const outcome = outcomes[call] ?? 'stored'
    if (outcome === 'time-out') return Promise.reject(new Error('Command timed out'))
    return Promise.resolve({ kind: 'stored', items: items.map(() => outcome) })
  })
  const owned = createOwnedPartition(PARTITION, clock, null)
  Object.assign(owned, { epoch: 7, next: 40, flushedOffset: 40, loaded: true })
  owned.sessions.put(sessionOf(a, { host: 'as memory has it' }), true)
  const flusher = createPartitionFlusher({
    owned,
    owner: 'server-1',
    scripts,
    batcher: recordingBatcher(),
    breaker: createBreaker(clock, () => 0),
    clock,
    random: () => 0.5,
    isCurrent: () => true,
    events: flusherEvents(),
  })
  return { owned, flusher, flushes, clock }
}

test('writes the gateway’s fields of a record that a wizard has ordered to rewrite, with what it was seen as', async () => {
  const { owned, flusher, flushes } = setUp()
  owned.dirty.mark(a, 'room')
  owned.dirty.markRewrite(a, SEEN)
  expect(owned.dirty.pendingFields(a)).toEqual(['*'])
  await flusher.flush()
  const gateway = toHash(gatewayFields({ host: 'as memory has it' }))
  expect(flushes[0]?.items).toMatchObject([{ operation: 'rewrite', server: { room: '' }, gateway, seen: SEEN }])
  expect(Object.keys(flushes[0]?.items[0]?.gateway ?? {})).toHaveLength(GATEWAY_FIELDS.length)
  expect(owned.dirty.size).toBe(0)
})

test('repeats a rewrite after a time-out with what was seen at first', async () => {
  const { owned, flusher, flushes, clock } = setUp('time-out', 'not-as-seen')
  owned.dirty.markRewrite(a, SEEN)
  await flusher.flush()
  await clock.advance(5_000)
  await flusher.flush()
  expect(flushes.map(({ items }) => items[0]?.seen)).toEqual([SEEN, SEEN])
  expect(owned.dirty.size).toBe(0)
})

test('creates a record whole that has gone before it was rewritten', async () => {
  const { owned, flusher, flushes } = setUp('gone')
  owned.dirty.markRewrite(a, SEEN)
  await flusher.flush()
  await flusher.flush()
  expect(flushes.map(({ items }) => items[0]?.operation)).toEqual(['rewrite', 'create'])
})

test('deletes a field that nobody keeps, and never one of the gateway’s', async () => {
  const { owned, flusher, flushes } = setUp()
  for (const field of ['added-by-hand', 'host', 'meta:never-set']) owned.dirty.mark(a, field)
  await flusher.flush()
  expect(flushes[0]?.items).toMatchObject([
    { operation: 'update', server: { 'added-by-hand': '', 'meta:never-set': '' }, gateway: {} },
  ])
})
