import { expect, test } from 'vitest'
import { stateRecordSchema, type WaitingWrite } from '../contracts/index.ts'
import { AT, sessionOf, sidsOf } from '../testing/fixtures.ts'
import { a, b, ended, P, takePart } from '../testing/ownership-rig.ts'

/** Taking a partition over when the store has lost, or never had, what was published. */

const WAITING: WaitingWrite = {
  fields: ['room'],
  since: AT,
  attempts: 3,
  nextAt: null,
  error: 'time-out',
  isDead: false,
}

/** The sessions' copies among what was sent. */
const copiesIn = (sent: readonly { topic: string; value: string | null }[]) =>
  sent
    .filter(({ topic }) => topic === 'holdfast.state')
    .map(({ value }) => stateRecordSchema.parse(JSON.parse(value ?? '')))
    .filter(({ kind }) => kind === 'session')

test('rebuilds an empty store whose owner is gone from what was published, and replays from there', async () => {
  const { group, begin, owned, store, heard, publish, publishPosition, applied } = takePart()
  store.wipe()
  publish(sessionOf(a, { player: '#3', inputSequence: 7 }), 900)
  publishPosition(900, 33)
  await begin()
  expect(owned()).toMatchObject({ epoch: 901, next: 33 })
  expect(group.asked).toContain(`seek ${P} 33`)
  expect(owned().sessions.get(a)).toMatchObject({ player: '#3', inputSequence: 7 })
  expect(owned().dirty.pendingFields(a)).toEqual(['*'])
  applied(40)
  expect(heard.at(-1)).toMatch(/^ready 5/)
})

test('rebuilds an empty store also when a load failed after the acquire', async () => {
  const { begin, settle, owned, store, publish, publishPosition } = takePart()
  store.wipe()
  store.failLoads = 1
  publish(sessionOf(a, { player: '#3' }), 900)
  publishPosition(900, 40)
  await begin()
  await settle(5_000)
  expect(owned().sessions.get(a)?.player).toBe('#3')
})

test('shares no record with the replica that it was rebuilt from', async () => {
  const { begin, owned, store, publish, publishPosition, replica } = takePart()
  store.wipe()
  publish(sessionOf(a), 900)
  publishPosition(900, 40)
  const published = replica.get(a)
  await begin()
  owned().sessions.setMeta(a, 'color', 'on')
  expect(published?.meta).toEqual({})
})

test('publishes what others know in another version, and what its former owner had said to wait', async () => {
  const { begin, store, publish, batcher } = takePart()
  const [, , c] = sidsOf(P, 3)
  if (!c) throw new Error('no third sid')
  store.sessions = [sessionOf(a, { serverRevision: 5 }), sessionOf(b), sessionOf(c)]
  publish(sessionOf(a, { serverRevision: 4 }), 50)
  publish(sessionOf(b), 50, WAITING)
  publish(sessionOf(c), 50)
  await begin()
  expect(copiesIn(batcher.sent)).toMatchObject([
    { record: { sid: a }, pending: null },
    { record: { sid: b }, pending: null },
  ])
  expect(ended(batcher.sent)).toBe(0)
})

test('restores a session that is neither stored nor in the log, but was published and has not ended', async () => {
  const { begin, owned, store, publish, heard, batcher, replica } = takePart()
  store.sessions = [sessionOf(a)]
  publish(sessionOf(a), 50)
  publish(sessionOf(b, { player: '#3' }), 50)
  await begin()
  expect(owned().sessions.get(b)?.player).toBe('#3')
  expect(owned().dirty.pendingFields(b)).toEqual(['*'])
  expect(heard).toEqual(['unreadable: neither stored nor in the log', `ready ${P} loaded`])
  expect(replica.get(b)).toBe(owned().sessions.get(b))
  expect(ended(batcher.sent)).toBe(0)
})

test.each([
  {
    what: 'keeps what the owner before had published at the revision that is stored',
    epoch: 50,
    revision: 5,
    room: '#3',
  },
  { what: 'takes what is stored where it is at another revision', epoch: 50, revision: 4, room: '#99' },
  {
    what: 'takes what is stored where the word of the owner before was not read to here',
    epoch: 49,
    revision: 5,
    room: '#99',
  },
])('$what', async ({ epoch, revision, room }) => {
  const { begin, owned, store, publish, publishPosition } = takePart()
  Object.assign(store, { owner: 'server-0', epoch: 50 })
  store.sessions = [sessionOf(a, { serverRevision: 5, room: '#99', host: 'by.hand', meta: { color: 'red' } })]
  publish(sessionOf(a, { serverRevision: revision, room: '#3' }), epoch)
  publishPosition(epoch, 40)
  await begin()
  // A gateway's fields are its own to put right.
  expect(owned().sessions.get(a)).toMatchObject({ room, meta: room === '#3' ? {} : { color: 'red' }, host: 'by.hand' })
  // Nothing is written: the difference stays to be seen.
  expect(owned().dirty.pendingFields(a)).toEqual([])
})

test('takes back a session that was published, and that has a tombstone in the store', async () => {
  const { begin, owned, store, publish, batcher, replica } = takePart()
  store.dead = [[b, AT]]
  publish(sessionOf(b), 50)
  await begin()
  expect(owned().sessions.get(b)).toBeUndefined()
  expect(ended(batcher.sent)).toBe(1)
  expect(replica.get(b)).toBeUndefined()
})

test('goes on from what was published when the store is older than the log: no gap, and no ghost of what ended since', async () => {
  const { group, begin, owned, store, publish, publishPosition, heard } = takePart()
  const [, , ended, fresh] = sidsOf(P, 4)
  if (!ended || !fresh) throw new Error('no more sids')
  Object.assign(store, { offset: 30, flushSequence: 4 })
  group.marks.set(P, { low: 35, high: 40 })
  store.sessions = [sessionOf(a, { serverRevision: 1 }), sessionOf(ended), sessionOf(fresh, { serverRevision: 0 })]
  publish(sessionOf(a, { serverRevision: 9, player: '#3' }), 50)
  publish(sessionOf(b), 50)
  publishPosition(50, 38)
  await begin()
  expect(heard).toEqual([])
  expect(owned()).toMatchObject({ next: 38, acknowledged: 4 })
  expect(owned().sessions.get(a)).toMatchObject({ serverRevision: 9, player: '#3' })
  expect(owned().dirty.pendingFields(b)).toEqual(['*'])
  expect(owned().sessions.get(ended)).toBeUndefined()
  expect(owned().dirty.entries().get(ended)?.ending).not.toBeNull()
  expect(owned().sessions.get(fresh)).toBeDefined()
})

test('goes on from the copy of what the owner before could not store', async () => {
  const { begin, owned, store, publish } = takePart()
  const [, , c] = sidsOf(P, 3)
  if (!c) throw new Error('no third sid')
  store.sessions = [sessionOf(a, { serverRevision: 3, width: 132 }), sessionOf(b, { serverRevision: 6 })]
  store.dead = [[c, AT]]
  const dead = { ...WAITING, isDead: true }
  publish(sessionOf(a, { serverRevision: 5, player: '#3', width: 80 }), 50, dead)
  publish(sessionOf(b, { serverRevision: 5, player: '#4' }), 50, dead)
  publish(sessionOf(c, { serverRevision: 5 }), 50, dead)
  await begin()
  expect(owned().sessions.get(a)).toMatchObject({ serverRevision: 5, player: '#3', width: 132 })
  expect(owned().dirty.pendingFields(a)).toEqual(['*'])
  expect(owned().sessions.get(b)).toMatchObject({ serverRevision: 6, player: null })
  expect(owned().sessions.get(c)).toBeUndefined()
})
