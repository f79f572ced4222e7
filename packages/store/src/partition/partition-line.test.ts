import { expect, test } from 'vitest'
import { shownEventSchema } from '../contracts/index.ts'
import { encode } from '../kafka/envelope.ts'
import { AT, changed, closed, detached, digest, established, inventory, sessionOf } from '../testing/fixtures.ts'
import { a, answer, b, layLine, moved, typed } from '../testing/line-rig.ts'
import { PARKED_MAX } from './apply-input.ts'

test('applies records one at a time, each to its end, in the log’s order', async () => {
  const { feed, settle, game, owned, texts } = layLine()
  feed(typed(1, 'slow'), typed(1, 'say from b', b), typed(2, 'say two'))
  await settle()
  expect(game.heard).toEqual(['1 slow'])
  expect(owned.next).toBe(0)
  game.release()
  await settle()
  expect(game.heard).toEqual(['1 slow', '1 say from b', '2 say two'])
  expect(texts()).toEqual(['from b', 'two'])
  expect(owned.next).toBe(3)
})

test('applies each number once, and passes over records that it has fetched before', async () => {
  const { feed, line, recordOf, settle, game, heard } = layLine()
  feed(typed(1, 'say one'), typed(1, 'say one'), typed(2, 'say two'))
  const again = { ...recordOf(encode(typed(3, 'say three'))), offset: 1 }
  line.enqueue([again])
  await settle()
  expect(game.heard).toEqual(['1 say one', '2 say two'])
  expect(heard.filter((each) => each.startsWith('dropped'))).toEqual(['dropped repeat'])
})

test('changes fields, number, outputs and position in one step', async () => {
  const { feed, settle, owned, game, outputs } = layLine()
  feed(typed(1, 'slow'))
  await settle()
  expect(owned.sessions.get(a)).toMatchObject({ inputSequence: 0, commandCount: 0 })
  game.release()
  await settle()
  expect(owned.sessions.get(a)).toMatchObject({ inputSequence: 1, commandCount: 1, lastConnectionSignal: AT + 1 })
  expect(owned.next).toBe(1)
  expect(outputs()).toMatchObject([{ to: [a], epoch: 7, done: { inputSequence: 1 }, cause: { offset: 0, index: 0 } }])
})

test('tells the game the record’s time, its key, and whether the log is being replayed', async () => {
  const { feed, settle, game, owned } = layLine()
  owned.ready = false
  feed(typed(1, 'say x'), moved('c1'))
  await settle()
  expect(game.contexts).toMatchObject([
    { at: AT + 1, key: 'i:1', isReplay: true },
    { at: AT, key: 'c:c1', isReplay: true },
  ])
})

test('greets a new session, shows it to all at once and has it stored whole', async () => {
  const { feed, settle, owned, replica, texts, batcher } = layLine([])
  feed(established({ sid: a }))
  await settle()
  expect(texts()).toEqual(['Welcome.'])
  expect(replica.get(a)).toBe(owned.sessions.get(a))
  expect(owned.dirty.pendingFields(a)).toEqual(['*'])
  expect(batcher.sent.filter(({ topic }) => topic === 'holdfast.state')).toHaveLength(1)
})

test('publishes who and where at once, and activity when it is asked', async () => {
  const { feed, settle, line, batcher } = layLine()
  const published = () => batcher.sent.filter(({ topic }) => topic === 'holdfast.state').length
  feed(typed(1, 'say x'))
  await settle()
  expect(published()).toBe(0)
  expect([...line.takeActive()]).toEqual([a])
  expect([...line.takeActive()]).toEqual([])
  feed(typed(2, 'go #1'))
  await settle()
  expect(published()).toBe(1)
})

test('takes the gateway’s word without making it dirty', async () => {
  const { feed, settle, owned } = layLine()
  feed(changed({ sid: a, gatewayRevision: 2, fields: { width: 132 } }))
  await settle()
  expect(owned.sessions.get(a)).toMatchObject({ width: 132, gatewayRevision: 2 })
  expect(owned.dirty.size).toBe(0)
})

test('ends a session once, tombstones it, and lets no late word revive it', async () => {
  const { feed, settle, owned, replica, game, heard } = layLine()
  feed(
    closed({ sid: a, reason: 'quit' }),
    closed({ sid: a, reason: 'quit' }),
    established({ sid: a }),
    typed(1, 'say x'),
  )
  await settle()
  expect(game.heard).toEqual(['closed quit'])
  expect(owned.sessions.get(a)).toBeUndefined()
  expect(owned.dead.get(a)).toBe(AT)
  expect(replica.get(a)).toBeUndefined()
  expect(owned.dirty.entries().get(a)?.ending).toEqual({ connectionEpoch: 1, reason: 'quit', at: AT })
  expect(heard.filter((each) => each === 'dropped dead')).toHaveLength(3)
})

test('buries a session that it never knew when its end comes first', async () => {
  const { feed, settle, owned, game } = layLine([])
  feed(closed({ sid: a, reason: 'client' }), established({ sid: a }))
  await settle()
  expect(game.heard).toEqual([])
  expect(owned.dead.has(a)).toBe(true)
  expect(owned.sessions.size).toBe(0)
})

test('does a command once', async () => {
  const { feed, settle, game } = layLine()
  feed(moved('c1'), moved('c1'), moved('c2'))
  await settle()
  expect(game.heard).toEqual(['command moved', 'command moved'])
})

test('parks what is typed while a question is open, and applies it after the answer, in order', async () => {
  const { feed, settle, game, heard, owned, texts, done } = layLine()
  feed(typed(1, 'ask name'), typed(2, 'say two'), typed(3, 'say three'), typed(1, 'say other', b))
  await settle()
  expect(heard).toContain(`asked ${a}`)
  expect(texts()).toEqual(['other'])
  expect(owned.sessions.get(a)).toMatchObject({ inputSequence: 3, commandCount: 3 })
  feed(answer('5:0:0', 'say answered'), typed(4, 'say four'))
  await settle()
  expect(game.heard).toEqual([
    '1 ask name',
    '1 say other',
    'answered name: say answered',
    '2 say two',
    '3 say three',
    '4 say four',
  ])
  expect(texts()).toEqual(['other', 'answered', 'two', 'three', 'four'])
  expect(done().sort()).toEqual([1, 1, 2, 3, 4])
  expect(owned.sessions.get(a)).toMatchObject({ waitingFor: null, commandCount: 4, inputSequence: 4 })
})

test('lets others see that a question is answered while the lines that were typed ahead take their time', async () => {
  const { feed, settle, game, owned, replica, batcher } = layLine()
  const published = () => batcher.sent.filter(({ topic }) => topic === 'holdfast.state').map(({ value }) => value ?? '')
  feed(typed(1, 'ask name'), typed(2, 'slow'), answer('5:0:0', 'say answered'))
  await settle()
  expect(game.heard.at(-1)).toBe('2 slow')
  expect(replica.get(a)?.waitingFor).toMatchObject({ id: '5:0:0', isAnswered: true })
  expect(published()).toEqual([expect.stringContaining('"isAnswered":true')])
  game.release()
  await settle()
  expect(owned.sessions.get(a)?.waitingFor).toBeNull()
  expect(published().at(-1)).toContain('"waitingFor":null')
})

test('drops an answer that nobody waits for, and one that comes twice', async () => {
  const { feed, settle, game, heard } = layLine()
  feed(answer('5:9:9', 'x'), typed(1, 'ask name'))
  await settle()
  feed(answer('5:1:0', 'say x'), answer('5:1:0', 'say x'))
  await settle()
  expect(game.heard.filter((each) => each.startsWith('answered'))).toHaveLength(1)
  expect(heard.filter((each) => each === 'dropped not-awaited')).toHaveLength(2)
})

test('keeps the rest parked when one of the parked lines asks itself', async () => {
  const { feed, settle, game, owned, heard } = layLine()
  feed(typed(1, 'ask first'), typed(2, 'ask second'), typed(3, 'say three'))
  await settle()
  feed(answer('5:0:0', 'x'))
  await settle()
  expect(game.heard.at(-1)).toBe('2 ask second')
  const waitingFor = owned.sessions.get(a)?.waitingFor
  expect(waitingFor?.id).not.toBe('5:0:0')
  expect(waitingFor?.parked).toMatchObject([{ inputSequence: 3 }])
  expect(heard.filter((each) => each === `asked ${a}`)).toHaveLength(2)
  feed(answer(waitingFor?.id ?? '', 'x'))
  await settle()
  expect(game.heard.at(-1)).toBe('3 say three')
  expect(owned.sessions.get(a)?.waitingFor).toBeNull()
})

test('bounds what a player may type ahead, and tells them of each line that was dropped', async () => {
  const { feed, settle, owned, texts, done, heard } = layLine()
  feed(typed(1, 'ask name'), ...Array.from({ length: PARKED_MAX + 3 }, (_, i) => typed(i + 2, 'say x')))
  await settle()
  expect(owned.sessions.get(a)?.waitingFor?.parked).toHaveLength(PARKED_MAX)
  expect(heard.filter((each) => each === 'dropped parked-full')).toHaveLength(3)
  expect(texts().filter((text) => text.includes('too fast'))).toHaveLength(3)
  expect(done()).toEqual([1, PARKED_MAX + 2, PARKED_MAX + 3, PARKED_MAX + 4])
})

test('comes to what a gateway tells of its connections after all that the gateway sent before it', async () => {
  const { feed, settle, owned, heard, letters } = layLine()
  feed(typed(1, 'say one'), digest({ count: 2 }), typed(2, 'say two'), inventory({ from: 'gateway-2' }))
  await settle()
  expect(heard.filter((each) => !each.startsWith('dropped'))).toEqual([
    'next 1',
    'gateway.digest of gateway-1 at 1',
    'next 2',
    'next 3',
    'gateway.inventory of gateway-2 at 3',
    'next 4',
  ])
  expect([owned.next, letters()]).toEqual([4, 0])
})

test('shows what became of connections, each under an id made from its cause, and without addresses', async () => {
  const { feed, settle, batcher } = layLine([sessionOf(b)])
  feed(
    established({ sid: a }),
    changed({ sid: a, gatewayRevision: 2, fields: { width: 132 } }),
    detached({ sid: a, gatewayRevision: 3, detachedUntil: AT + 120_000, reason: 'lost' }),
    detached({ sid: a, gatewayRevision: 3, detachedUntil: AT + 120_000, reason: 'lost' }),
    closed({ sid: a, reason: 'lost' }),
    closed({ sid: a, reason: 'lost' }),
  )
  await settle()
  const shown = batcher.sent
    .filter(({ topic }) => topic === 'holdfast.events')
    .map(({ value }) => shownEventSchema.parse(JSON.parse(value ?? 'null')))
  expect(shown).toMatchObject([
    { type: 'connection.opened', id: '5:0:1', sid: a, detail: { handle: 1, transport: 'telnet' } },
    { type: 'connection.detached', id: '5:2:0', sid: a, detail: { reason: 'lost', until: AT + 120_000 } },
    { type: 'connection.closed', id: '5:4:0', sid: a, detail: { reason: 'lost', handle: 1 } },
  ])
  expect(JSON.stringify(shown)).not.toMatch(/192\.0\.2|host\.example/)
})
