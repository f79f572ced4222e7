import { expect, test } from 'vitest'
import { AT, sessionOf } from '../testing/fixtures.ts'
import { a, b, ended, P, takePart } from '../testing/ownership-rig.ts'

test('pauses, acquires, loads, seeks to the stored offset, resumes: and only then is ready', async () => {
  const { group, store, heard, owned, ownership, begin, applied } = takePart()
  Object.assign(store, { owner: 'server-0', epoch: 200, offset: 30, flushSequence: 9, dead: [[b, AT]] })
  store.sessions = [sessionOf(a)]
  await begin()
  expect(group.asked).toEqual([`pause ${P}`, `seek ${P} 30`, `resume ${P}`])
  expect(owned()).toMatchObject({
    epoch: 201,
    next: 30,
    fetched: 30,
    target: 40,
    flushSequence: 9,
    acknowledged: 9,
    ready: false,
  })
  expect(owned().sessions.get(a)).toEqual(sessionOf(a))
  expect(owned().dirty.size).toBe(0)
  expect([...owned().dead.keys()]).toEqual([b])
  expect(heard).toEqual([])
  applied(39)
  expect(owned().ready).toBe(false)
  applied(40)
  expect(heard).toEqual([`ready ${P} loaded`])
  expect(ownership.hasJoined).toBe(true)
})

test('is ready at once when nothing is to be replayed', async () => {
  const { heard, begin } = takePart()
  await begin()
  expect(heard).toEqual([`ready ${P} loaded`])
})

test('waits until its replica was read to the end, so that a replay knows its listeners', async () => {
  const { ownership, group, store, settle, replicaRead, heard } = takePart()
  await ownership.start()
  group.join([P], false)
  await settle(10_000)
  expect(store.owner).toBeNull()
  replicaRead.resolve()
  await settle()
  expect(heard).toEqual([`ready ${P} loaded`])
})

test('acquires nothing on an old claim: it waits for a heartbeat', async () => {
  const { group, store, begin, settle, heard } = takePart()
  group.isFresh = false
  await begin()
  expect(store.owner).toBeNull()
  expect(group.waitsForHeartbeat).toBe(true)
  group.isFresh = true
  group.beat()
  await settle()
  expect(heard).toEqual([`ready ${P} loaded`])
})

test('refuses records before it is loaded, and takes them in order after', async () => {
  const { ownership, group, store, replicaRead, settle, queued } = takePart()
  store.failLoads = 1
  await ownership.start()
  group.join([P], false)
  expect(group.deliver(P, [40, 41])).toBe(false)
  expect(group.deliver(P + 1, [0])).toBe(false)
  replicaRead.resolve()
  await settle(5_000)
  expect(group.deliver(P, [40, 41])).toBe(true)
  expect(queued).toEqual([40, 41])
})

test('keeps a partition paused and tries again while Redis fails, and swallows no failure', async () => {
  const { group, store, begin, settle, heard } = takePart()
  Object.assign(store, { loseAnswers: 2, failLoads: 1 })
  await begin()
  expect(group.paused()).toEqual([P])
  await settle(10_000)
  expect(heard).toEqual(['failed Command timed out', 'failed Command timed out', 'failed LOADING', `ready ${P} loaded`])
  expect(group.paused()).toEqual([])
})

test('goes on with a retained partition from memory: seeks, resumes, loads nothing', async () => {
  const { group, store, begin, applied, settle, heard, owned } = takePart()
  await begin()
  group.deliver(P, [40, 41, 42])
  applied(41)
  const before = owned()
  group.asked.length = 0
  group.join([P], true)
  await settle()
  expect(owned()).toBe(before)
  expect(group.asked).toEqual([`seek ${P} 43`, `resume ${P}`])
  expect(store.loads).toBe(1)
  expect(heard).toEqual([`ready ${P} loaded`])
})

test('leaves a retained partition paused whose queue is full', async () => {
  const { group, begin, line } = takePart()
  await begin()
  line.isFull = true
  group.join([P], true)
  expect(group.paused()).toEqual([P])
})

test('keeps its memory when it comes back as a new member and nobody acquired meanwhile', async () => {
  const { group, begin, settle, heard, owned, store, applied } = takePart()
  store.sessions = [sessionOf(a)]
  await begin()
  owned().sessions.update(a, { room: '#4' })
  applied(45)
  group.marks.set(P, { low: 0, high: 45 })
  const { epoch } = owned()
  group.join([P], false)
  await settle()
  expect(heard).toEqual([`ready ${P} loaded`, 'worker closed', `ready ${P} kept`])
  expect(owned().epoch).toBe(epoch)
  expect(owned().sessions.get(a)?.room).toBe('#4')
  expect(owned().dirty.pendingFields(a)).toEqual(['room'])
  expect(owned()).toMatchObject({ next: 45, fetched: 45 })
})

test('loads anew what another owner may have changed', async () => {
  const { group, begin, settle, owned, store } = takePart()
  store.sessions = [sessionOf(a)]
  await begin()
  owned().sessions.update(a, { room: '#4' })
  await store.acquire(0, 'server-2')
  Object.assign(store, { offset: 42, flushSequence: 3, sessions: [sessionOf(a, { room: '#7' })] })
  group.marks.set(P, { low: 0, high: 42 })
  group.join([P], false)
  await settle()
  expect(owned().sessions.get(a)?.room).toBe('#7')
  expect(owned().dirty.size).toBe(0)
  expect(owned()).toMatchObject({ next: 42, flushSequence: 3, epoch: store.epoch })
})

test('lets go of a partition that went to another, at once and with what it knew for reading', async () => {
  const { group, begin, heard, ownership, owned, replica, store } = takePart()
  store.sessions = [sessionOf(a)]
  await begin()
  const before = owned()
  group.join([], true)
  expect(heard).toEqual([`ready ${P} loaded`, 'worker closed', `lost ${P}`])
  expect(ownership.life(P)).toBeUndefined()
  expect(group.claim).toEqual({ owned: [], draining: false })
  before.sessions.update(a, { room: '#4' })
  expect(replica.get(a)?.room).toBeNull()
})

test('never takes a partition back after a fence before Kafka has said that it is still its own', async () => {
  const { group, begin, settle, heard, ownership, owned, store } = takePart()
  await begin()
  const before = owned()
  await store.acquire(0, 'server-2')
  ownership.onFenced(before)
  ownership.onFenced(before)
  await settle(60_000)
  expect(store.owner).toBe('server-2')
  expect(group.paused()).toEqual([P])
  expect(group.deliver(P, [40])).toBe(false)
  group.beat()
  await settle()
  expect(store.owner).toBe('server-1')
  expect(heard.at(-1)).toBe(`ready ${P} loaded`)
})

test('does not take back what Kafka gave to another while it waited', async () => {
  const { group, begin, settle, ownership, owned, store } = takePart()
  await begin()
  await store.acquire(0, 'server-2')
  ownership.onFenced(owned())
  group.join([], true)
  group.beat()
  await settle(60_000)
  expect(store.owner).toBe('server-2')
})

test('writes its whole memory again over a wiped store, under a higher epoch', async () => {
  const { group, begin, settle, ownership, owned, store, heard } = takePart()
  store.sessions = [sessionOf(a)]
  await begin()
  owned().sessions.update(a, { room: '#4' })
  owned().dead.set(b, AT)
  const { epoch } = owned()
  store.wipe()
  ownership.onFenced(owned())
  group.beat()
  await settle()
  expect(heard.at(-1)).toBe(`ready ${P} kept`)
  expect(owned().epoch).toBeGreaterThan(epoch)
  expect(owned()).toMatchObject({ acknowledged: 0, flushedOffset: -1, next: 40 })
  expect(owned().dirty.pendingFields(a)).toEqual(['*'])
  expect(owned().dirty.entries().get(b)?.ending).toMatchObject({ at: AT })
})

test('keeps its memory over a wiped store when the answer to its acquire was lost', async () => {
  const { group, begin, settle, ownership, owned, store, heard, batcher } = takePart()
  store.sessions = [sessionOf(a, { player: '#3' })]
  await begin()
  store.wipe()
  store.loseAnswers = 1
  ownership.onFenced(owned())
  group.beat()
  await settle(5_000)
  expect(heard.at(-1)).toBe(`ready ${P} kept`)
  expect(owned().sessions.get(a)?.player).toBe('#3')
  expect(owned().dirty.pendingFields(a)).toEqual(['*'])
  expect(ended(batcher.sent)).toBe(0)
})

test('works on the questions that are open when it is ready, not while it replays', async () => {
  const { begin, store, heard, applied } = takePart()
  const waitingFor = { id: '5:1:0', kind: 'k', sealed: 'x', parked: [] }
  Object.assign(store, { offset: 30 })
  store.sessions = [sessionOf(a, { waitingFor }), sessionOf(b)]
  await begin()
  expect(heard).toEqual([])
  applied(40)
  expect(heard).toEqual([`work ${a}`, `ready ${P} loaded`])
})

test.each([
  ['the log begins after it', 30, { low: 35, high: 40 }, 'gap 30 35', 35],
  ['the log ends before it', 50, { low: 0, high: 40 }, 'gap 50 0', 0],
])('reports a data gap when %s, and goes on from what there is', async (_, offset, marks, problem, next) => {
  const { group, begin, store, heard, owned } = takePart()
  Object.assign(store, { offset })
  group.marks.set(P, marks)
  await begin()
  expect(heard).toContain(problem)
  expect(owned().next).toBe(next)
})

test('asks once more for a record that is missing, and reports a gap only when the log answers the same', async () => {
  const { group, begin, heard, queued } = takePart()
  await begin()
  expect(group.deliver(P, [45])).toBe(false)
  expect(group.asked.at(-1)).toBe(`seek ${P} 40`)
  expect(heard).not.toContain('gap 40 45')
  expect(group.deliver(P, [45])).toBe(true)
  expect(heard).toContain('gap 40 45')
  expect(queued).toEqual([45])
})

test('pauses a partition whose queue is full, and resumes it when there is room', async () => {
  const { group, begin, line, ownership, owned } = takePart()
  await begin()
  line.isFull = true
  expect(group.deliver(P, [40])).toBe(true)
  expect(group.paused()).toEqual([P])
  ownership.onRoom(owned())
  expect(group.paused()).toEqual([])
})

test('takes no more in once it stops reading, whatever the group does', async () => {
  const { group, begin, ownership, settle } = takePart()
  await begin()
  ownership.stopReading()
  expect(group.paused()).toEqual([P])
  expect(group.deliver(P, [40])).toBe(false)
  group.join([P], true)
  group.join([P], false)
  await settle()
  expect(group.paused()).toEqual([P])
})

test('gives its partitions away while it stays up', async () => {
  const { group, begin, ownership } = takePart()
  await begin()
  expect(group.claim).toEqual({ owned: [P], draining: false })
  ownership.drain()
  expect(group.asked.at(-1)).toBe('rejoin')
  expect(group.claim).toEqual({ owned: [P], draining: true })
})
