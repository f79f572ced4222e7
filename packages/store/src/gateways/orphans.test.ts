import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { SessionRecord, Sid } from '../contracts/index.ts'
import type { LifecycleContent } from '../partition/outbox.ts'
import { createOwnedPartition } from '../partition/owned-partition.ts'
import type { Detach } from '../redis/session-scripts.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { startOrphanSweep } from './orphans.ts'

const PARTITION = 5
const GRACE_MS = 120_000
const [a, b, c] = sidsOf(PARTITION, 3)
if (!a || !b || !c) throw new Error('no sids')

type Answer = 'stored' | 'gone' | 'fenced' | 'fails'

function sweepRig(sessions: readonly SessionRecord[], answers: Answer[] = []) {
  const clock = manualClock(AT)
  const owned = createOwnedPartition(PARTITION, clock, null)
  Object.assign(owned, { loaded: true, ready: true })
  for (const session of sessions) owned.sessions.put({ ...session }, true)
  const state = { silent: [] as string[], dead: [] as string[], lives: [owned] }
  const records: { sid: Sid; event: LifecycleContent; id: string }[] = []
  const commands: { sid: Sid; connectionEpoch: number; reason: string; id: string }[] = []
  const detaches: { sid: Sid; given: Detach }[] = []
  const seen: string[] = []
  const sweep = startOrphanSweep({
    clock,
    owned: () => state.lives,
    witness: {
      look: () => undefined,
      isSilent: (gateway) => state.silent.includes(gateway),
      isDead: async (gateway) => state.dead.includes(gateway),
    },
    outbox: {
      lifecycle: ({ sid }, event, id) => records.push({ sid, event, id }),
      command({ sid, connectionEpoch }, command, id) {
        commands.push({ sid, connectionEpoch, reason: command.kind === 'close' ? command.reason : command.kind, id })
      },
    },
    scripts: {
      detach(sid, given) {
        detaches.push({ sid, given })
        const answer = answers.shift() ?? 'stored'
        return answer === 'fails' ? Promise.reject(new Error('away')) : Promise.resolve(answer)
      },
    },
    graceMs: GRACE_MS,
    events: {
      onOrphaned: (gateway, count) => seen.push(`orphaned ${gateway} ${count}`),
      onForsaken: (count) => seen.push(`forsaken ${count}`),
      onFailed: (problem) => seen.push(`failed ${problem}`),
    },
  })
  const die = (gateway: string): void => {
    state.silent.push(gateway)
    state.dead.push(gateway)
  }
  return { sweep, clock, owned, state, records, commands, detaches, seen, die }
}

test('detaches all sessions of a dead gateway in Redis and through the log, and those of no other', async () => {
  const other = sessionOf(c, { gateway: 'gateway-2' })
  const { clock, records, detaches, seen, die } = sweepRig([
    sessionOf(a),
    sessionOf(b, { gatewayRevision: 4, connectionEpoch: 2 }),
    other,
  ])
  await clock.advance(10_000)
  expect(records).toEqual([])
  die('gateway-1')
  const until = clock.now() + 500 + GRACE_MS
  await clock.advance(500)
  const event = (gatewayRevision: number) => ({
    type: 'connection.detached',
    reason: 'lost',
    gatewayRevision,
    detachedUntil: until,
  })
  expect(records).toEqual([
    { sid: a, event: event(2), id: `${a}:d1.2` },
    { sid: b, event: event(5), id: `${b}:d2.5` },
  ])
  expect(detaches).toEqual([
    { sid: a, given: { connectionEpoch: 1, gatewayRevision: 2, reason: 'lost', until } },
    { sid: b, given: { connectionEpoch: 2, gatewayRevision: 5, reason: 'lost', until } },
  ])
  expect(seen).toEqual(['orphaned gateway-1 2'])
})

test('leaves the sessions of one that is silent alone while the other witness speaks for it', async () => {
  const { clock, state, records } = sweepRig([sessionOf(a)])
  state.silent.push('gateway-1')
  await clock.advance(60_000)
  expect(records).toEqual([])
})

test('says it once while the log has it not applied, and again when that takes too long', async () => {
  const { clock, owned, records, die } = sweepRig([sessionOf(a)])
  die('gateway-1')
  await clock.advance(5_000)
  expect(records).toHaveLength(1)
  await clock.advance(1_000)
  expect(records.map(({ id }) => id)).toEqual([`${a}:d1.2`, `${a}:d1.2`])
  owned.sessions.merge(a, { status: 'detached', detachedUntil: clock.now() + GRACE_MS, gatewayRevision: 2 })
  await clock.advance(20_000)
  expect(records).toHaveLength(2)
})

test('detaches under a new revision where the gateway’s last word came after all', async () => {
  const { clock, owned, records, detaches, die } = sweepRig([sessionOf(a)])
  die('gateway-1')
  await clock.advance(500)
  owned.sessions.merge(a, { width: 80, gatewayRevision: 2 }) // it lay in the log before, so the detach was dropped
  await clock.advance(2_000)
  expect(records.map(({ id }) => id)).toEqual([`${a}:d1.2`, `${a}:d1.3`])
  // Redis took the first: the time is the same.
  const times = [
    ...records.map(({ event }) => ('detachedUntil' in event ? event.detachedUntil : 0)),
    detaches[0]?.given.until,
  ]
  expect(new Set(times).size).toBe(1)
})

test('tries a detach again until Redis has answered, whatever the answer', async () => {
  const { clock, detaches, seen, die } = sweepRig([sessionOf(a)], ['fails', 'fails', 'gone'])
  die('gateway-1')
  await clock.advance(5_000)
  expect(detaches).toHaveLength(3)
  expect(seen.filter((each) => each.startsWith('failed'))).toEqual(['failed away', 'failed away'])
})

test('ends a session to which nobody came back, through the log, when its time is over', async () => {
  const detached = sessionOf(a, { status: 'detached', detachedUntil: AT + 1_000, connectionEpoch: 3 })
  const { clock, owned, commands, seen } = sweepRig([detached, sessionOf(b)])
  await clock.advance(500)
  expect(commands).toEqual([])
  await clock.advance(4_000)
  expect(commands).toEqual([{ sid: a, connectionEpoch: 3, reason: 'lost', id: `g:${a}:3` }])
  await clock.advance(3_000)
  expect(commands.map(({ id }) => id)).toEqual([`g:${a}:3`, `g:${a}:3`]) // the log has not got to it yet
  owned.sessions.remove(a)
  await clock.advance(60_000)
  expect([commands.length, seen]).toEqual([2, ['forsaken 1', 'forsaken 1']])
})

test('detaches one that only a hand has called detached, and never ends it for that', async () => {
  const touched = sessionOf(a, { status: 'detached', detachedUntil: null })
  const { clock, records, commands, die } = sweepRig([touched])
  await clock.advance(60_000)
  expect(commands).toEqual([])
  die('gateway-1')
  await clock.advance(500)
  expect(records).toHaveLength(1)
})

test('leaves partitions alone that are replayed, or not ours any more', async () => {
  const { clock, owned, state, records, detaches, die } = sweepRig([sessionOf(a)], ['fails'])
  owned.ready = false
  die('gateway-1')
  await clock.advance(10_000)
  expect(records).toEqual([])
  owned.ready = true
  await clock.advance(500)
  expect([records.length, detaches.length]).toEqual([1, 1])
  state.lives = []
  await clock.advance(10_000)
  expect([records.length, detaches.length]).toEqual([1, 1])
})

test('leaves no timer behind', () => {
  const { sweep, clock } = sweepRig([])
  sweep.close()
  expect(clock.pendingTimers()).toBe(0)
})
