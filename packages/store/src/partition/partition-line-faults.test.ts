import { expect, test } from 'vitest'
import { encode } from '../kafka/envelope.ts'
import { createSeal } from '../kafka/seal.ts'
import { AT, changed, command, input, sessionOf } from '../testing/fixtures.ts'
import { a, answer, layLine, PARTITION, typed } from '../testing/line-rig.ts'
import { LINE_QUEUE_MAX } from './partition-line.ts'

test('loses no line typed ahead when a flush and a crash fall between two of them', async () => {
  const first = layLine()
  first.feed(typed(1, 'ask name'), typed(2, 'slow'), typed(3, 'say three'))
  await first.settle()
  const reply = answer('5:0:0', 'say answered')
  first.feed(reply)
  await first.settle()
  expect(first.game.slow).toBe(1)
  // What a flush would store now, and from where the next owner would replay.
  const stored = structuredClone([...first.owned.sessions.values()])
  const { next } = first.owned
  first.life.isCurrent = false

  const second = layLine(stored)
  Object.assign(second.owned, { next, fetched: next })
  second.line.enqueue([{ partition: PARTITION, offset: next, key: null, value: Buffer.from(encode(reply)) }])
  await second.settle()
  second.game.release()
  await second.settle()
  expect(second.game.heard.slice(-2)).toEqual(['2 slow', '3 say three'])
  expect(second.owned.sessions.get(a)?.waitingFor).toBeNull()
})

test('ends a detached session that was told to close even when a flush and a crash fall between', async () => {
  const boot = command({ sid: a, id: 'c1', command: { kind: 'close', reason: 'idle', text: null } })
  const first = layLine([sessionOf(a, { status: 'detached', detachedUntil: AT })])
  first.feed(boot)
  await first.settle()
  expect(first.game.slow).toBe(1)
  const stored = structuredClone([...first.owned.sessions.values()])
  first.life.isCurrent = false

  const second = layLine(stored)
  second.feed(boot)
  await second.settle()
  second.game.release()
  await second.settle()
  expect(second.owned.sessions.get(a)).toBeUndefined()
  expect(second.owned.dead.has(a)).toBe(true)
})

test('tries a line that fails once more, and says nothing of it', async () => {
  const { feed, settle, game, letters, heard } = layLine()
  feed(typed(1, 'once'))
  await settle()
  expect(game.heard).toEqual(['1 once', '1 once'])
  expect(letters()).toBe(0)
  expect(heard).toEqual(['next 1'])
})

test('puts a poison line aside after two tries, tells its player, and goes on with the next', async () => {
  const { feed, settle, game, letters, heard, texts, owned, done } = layLine()
  feed(typed(1, 'poison'), typed(2, 'say two'))
  await settle()
  expect(game.heard).toEqual(['1 poison', '1 poison', '2 say two'])
  expect(letters()).toBe(1)
  expect(heard).toEqual(['poison', 'next 1', 'next 2'])
  expect(texts()).toEqual([expect.stringContaining('it was not done'), 'two'])
  expect(done()).toEqual([1, 2])
  expect(owned.sessions.get(a)).toMatchObject({ inputSequence: 2, commandCount: 2 })
})

test('puts aside what it cannot read or open, and goes on', async () => {
  const { feed, line, recordOf, settle, letters, heard, texts, game, owned } = layLine()
  line.enqueue([recordOf('no JSON'), recordOf('{"v":1,"type":"input"}')])
  feed(input({ sid: a, inputSequence: 1, sealed: createSeal('another secret').seal('say x', 'input', a) }))
  feed(typed(2, 'say two'))
  await settle()
  expect(letters()).toBe(3)
  expect(heard.filter((each) => each === 'dropped unreadable')).toHaveLength(2)
  expect(game.heard).toEqual(['2 say two'])
  expect(texts()).toHaveLength(2)
  expect(owned.next).toBe(4)
})

test('lets go of a question whose answer nobody can read, and of a command that fails twice', async () => {
  const { feed, settle, letters, owned, game } = layLine()
  feed(typed(1, 'ask name'), typed(2, 'say two'))
  await settle()
  feed(command({ sid: a, command: { kind: 'answer', to: '5:0:0', sealed: 'garbage' } }))
  feed(command({ sid: a, id: 'c1', command: { kind: 'renamed', playerName: 'Ada' } }))
  await settle()
  expect(letters()).toBe(2)
  expect(owned.sessions.get(a)).toMatchObject({ waitingFor: null, commandIds: ['c1'] })
  expect(game.heard).toContain('2 say two')
  expect(owned.next).toBe(4)
})

test('applies nothing of a record when ownership ends while the game decides', async () => {
  const { feed, settle, game, owned, life, batcher, heard } = layLine()
  feed(typed(1, 'slow'), typed(2, 'say two'))
  await settle()
  const before = structuredClone(owned.sessions.get(a))
  life.isCurrent = false
  game.release()
  await settle()
  expect(owned.sessions.get(a)).toEqual(before)
  expect(owned.next).toBe(0)
  expect(owned.dirty.size).toBe(0)
  expect(batcher.sent).toEqual([])
  expect(heard).toEqual([])
  expect(game.heard).toEqual(['1 slow'])
})

test('applies nothing when ownership ends while it waits for room in the batcher', async () => {
  const { feed, settle, game, owned, life, batcher } = layLine()
  batcher.isFull = true
  feed(changed({ sid: a, gatewayRevision: 2, fields: { width: 132 } }), typed(1, 'say x'))
  await settle()
  life.isCurrent = false
  batcher.makeRoom()
  await settle()
  expect(owned.sessions.get(a)?.width).toBeNull()
  expect(game.heard).toEqual([])
})

test('takes nothing in hand while the batcher is full, and goes on when there is room', async () => {
  const { feed, settle, game, batcher } = layLine()
  batcher.isFull = true
  feed(typed(1, 'say x'))
  await settle()
  expect(game.heard).toEqual([])
  batcher.makeRoom()
  await settle()
  expect(game.heard).toEqual(['1 say x'])
})

test('says that its queue is full at the bound, and once that there is room at half of it', async () => {
  const { feed, line, settle, clock, game, heard } = layLine()
  feed(typed(1, 'slow'))
  await settle()
  feed(...Array.from({ length: LINE_QUEUE_MAX }, (_, i) => typed(i + 2, '')))
  expect(line.isFull).toBe(true)
  game.release()
  await clock.advance(0)
  for (let turn = 0; line.length > 0 && turn < 1_000; turn++) await settle()
  expect(line.isFull).toBe(false)
  expect(heard.filter((each) => each === 'room')).toHaveLength(1)
})
