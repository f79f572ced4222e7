import { randomUUID } from 'node:crypto'
import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import type { ControlBoard } from '@holdfast/store'
import { type ControlRecordOf, digestOf, type PartitionEvent, partitionOf, type Sid } from '@holdfast/store/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { connectPlayer, type Player } from './harness/player.ts'
import { type PublishedCopies, readCopies } from './harness/published-copies.ts'
import { createServerSide, SECRET, type ServerSide, type Session } from './harness/server-side.ts'
import { openStore, type Store } from './harness/stored-session.ts'
import { openTestBoard } from './harness/test-board.ts'

/** The test plays an owner that asks and orders over `holdfast.control`. */

const { redisUrl, kafkaBrokers } = sharedServices()
let gateway: GatewayProcess
let server: ServerSide
let store: Store
let copies: PublishedCopies
let board: ControlBoard
const closing: (() => unknown)[] = []

beforeAll(async () => {
  gateway = await startGatewayProcess({ REDIS_URL: redisUrl, KAFKA_BROKERS: kafkaBrokers, HOLDFAST_SECRET: SECRET })
  server = await createServerSide(kafkaBrokers)
  store = await openStore(redisUrl)
  copies = await readCopies(kafkaBrokers)
  const opened = await openTestBoard(kafkaBrokers)
  board = opened.board
  closing.push(
    () => opened.close(),
    () => copies.close(),
    () => store.close(),
    () => server.close(),
    () => gateway.stop(),
  )
})
afterAll(async () => {
  for (const close of closing) await close()
})

async function connect(): Promise<{ player: Player; session: Session }> {
  const player = await connectPlayer(gateway.telnetPort)
  const session = await server.nextSession()
  await copies.until(session.sid, () => true, 'the copy')
  return { player, session }
}

function order({ sid, established }: Session, rest: Partial<ControlRecordOf<'order'>>): void {
  const { from } = established
  board.send({ v: 1, kind: 'order', at: 0, from: 'test', gateway: from, what: 'publish', sids: [sid], ...rest })
}

const establishedOf = (sid: Sid) => server.of(sid).filter(({ type }) => type === 'connection.established')

async function answerTo(
  partition: number,
  what: 'digest' | 'inventory',
  gatewayId: string | null,
): Promise<PartitionEvent> {
  const id = randomUUID()
  board.send({ v: 1, kind: 'ask', id, at: 0, from: 'test', what, gateway: gatewayId, partitions: [partition] })
  return waitUntil(() => server.ofPartition(partition).find(({ ask }) => ask === id), { what: 'the answer' })
}

test('introduces a session again with its present fields', async () => {
  const { player, session } = await connect()
  order(session, { what: 'introduce' })
  await waitUntil(() => establishedOf(session.sid).length === 2, { what: 'the second event' })
  expect(establishedOf(session.sid)[1]).toMatchObject({ fields: session.established.fields, stored: false })
  player.hangUp()
})

test('writes all of its fields over what a hand has put into Redis, also over a revision that was raised', async () => {
  const { player, session } = await connect()
  const { sid } = session
  const key = `hf:{${partitionOf(sid)}}:s:${sid}`
  await store.redis.hset(key, { ip: '203.0.113.9', width: '9', gatewayRevision: '40' })
  order(session, { what: 'refresh', above: 40 })
  await waitUntil(async () => (await store.session(sid)).ip === '127.0.0.1', { what: 'the address' })
  const { handle, slot } = session.established.fields
  const stored = await store.session(sid)
  expect(stored).toMatchObject({ gatewayRevision: '41', handle: String(handle), slot: String(slot) })
  expect(stored.width).toBeUndefined()
  expect(await store.version(sid)).toBe('1.41.0')
  const copy = await copies.until(sid, ({ fields }) => fields.gatewayRevision === 41, 'the copy')
  expect(establishedOf(sid).at(-1)).toMatchObject({ fields: copy.fields })
  player.hangUp()
})

test('adopts what a wizard holds for right, in its copy, the log and Redis', async () => {
  const { player, session } = await connect()
  order(session, { what: 'adopt', fields: { width: 132 } })
  await copies.until(session.sid, ({ fields, pending }) => fields.width === 132 && pending === null, 'the copy')
  expect(await server.event(session.sid, 'connection.changed')).toMatchObject({ fields: { width: 132 } })
  expect(await store.session(session.sid)).toMatchObject({ width: '132', gatewayRevision: '2' })
  player.hangUp()
})

test('publishes a copy again when it is told to, and passes over sessions that it does not hold', async () => {
  const [{ player, session }, other] = [await connect(), await connect()]
  other.player.hangUp()
  await server.event(other.session.sid, 'connection.closed')
  const before = copies.times(session.sid)
  order(session, { sids: [other.session.sid, session.sid] })
  await waitUntil(() => copies.times(session.sid) === before + 1, { what: 'the copy' })
  expect(copies.copy(other.session.sid)).toBeNull()
  player.hangUp()
})

test('tells an owner what it holds, among the events of the sessions', async () => {
  const { player, session } = await connect()
  const { sid, established } = session
  const partition = partitionOf(sid)
  const held: [Sid, number][] = [[sid, 1]]
  expect(await answerTo(partition, 'inventory', established.from)).toMatchObject({ from: established.from, held })
  expect(await answerTo(partition, 'digest', null)).toMatchObject(digestOf(held))
  player.hangUp()
  await server.event(sid, 'connection.closed')
  expect(await answerTo(partition, 'inventory', established.from)).toMatchObject({ held: [] })
})
