import { expect, test } from 'vitest'
import { closed, sessionOf } from '../testing/fixtures.ts'
import { a, b, layLine, typed } from '../testing/line-rig.ts'

/** Sessions that the store has lost, met while the log is replayed. */

function replaying() {
  const rig = layLine([sessionOf(a)])
  rig.owned.ready = false
  const publish = (record = sessionOf(b, { player: '#3', inputSequence: 4, serverRevision: 9 })): void =>
    rig.replica.apply({
      partition: 5,
      offset: 0,
      key: null,
      value: Buffer.from(
        JSON.stringify({ v: 1, kind: 'session', epoch: 7, at: 1, owner: 'server-0', record, pending: null }),
      ),
    })
  rig.replica.disown(5)
  return { ...rig, publish }
}

test('applies the lines of a session that the store has lost, from what was published of it', async () => {
  const { publish, feed, settle, owned, done, heard } = replaying()
  publish()
  feed(typed(4, 'one', b), typed(5, 'two', b))
  await settle()
  expect(heard).toContain('dropped repeat')
  expect(done()).toEqual([5])
  expect(owned.sessions.get(b)).toMatchObject({ player: '#3', inputSequence: 5 })
  expect(owned.dirty.pendingFields(b)).toEqual(['*'])
})

test('ends a session in order that the store has lost', async () => {
  const { publish, feed, settle, owned, replica } = replaying()
  publish()
  feed(closed({ sid: b, reason: 'client' }))
  await settle()
  expect(owned.sessions.get(b)).toBeUndefined()
  expect(owned.dead.has(b)).toBe(true)
  expect(replica.get(b)).toBeUndefined()
})

test('drops what is said of a session that has ended, whatever others still show', async () => {
  const { publish, feed, settle, owned, heard } = replaying()
  publish()
  owned.dead.set(b, 1)
  feed(typed(5, 'boo', b))
  await settle()
  expect(owned.sessions.get(b)).toBeUndefined()
  expect(heard).toContain('dropped dead')
})

test('knows every session itself once it is ready', async () => {
  const { publish, feed, settle, owned, heard } = replaying()
  publish()
  owned.ready = true
  feed(typed(5, 'boo', b))
  await settle()
  expect(owned.sessions.get(b)).toBeUndefined()
  expect(heard).toContain('dropped unknown')
})
