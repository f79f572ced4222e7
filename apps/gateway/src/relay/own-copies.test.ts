import { manualClock } from '@holdfast/runtime/testing'
import type { OutgoingRecord } from '@holdfast/store'
import {
  partitionOf,
  type Sid,
  type StateRecordOf,
  stateRecordSchema,
  type WaitingWrite,
} from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { createRegistry } from '../connections/registry.ts'
import { connectionRig, outputRecord, sidOf } from '../testing/connection-rig.ts'
import { startOwnCopies } from './own-copies.ts'

const waits: WaitingWrite = { fields: ['width'], since: 5, attempts: 1, nextAt: 9, error: 'away', isDead: false }

function copiesRig(numbers: readonly number[] = [1, 2]) {
  const clock = manualClock()
  const registry = createRegistry()
  const sent: OutgoingRecord[] = []
  const batcher = { oldestMs: 0, send: (record: OutgoingRecord) => void sent.push(record) }
  const waiting = new Map<Sid, WaitingWrite>()
  const rigs = numbers.map((number) => connectionRig({ number }))
  for (const { connection } of rigs) {
    registry.add(connection)
    connection.established()
  }
  const copies = startOwnCopies({
    batcher,
    registry,
    waits: { waiting: (sid) => waiting.get(sid) ?? null, sids: () => waiting.keys() },
    clock,
  })
  const connectionOf = (number: number) => {
    const connection = registry.get(sidOf(number))
    if (!connection) throw new Error('no such connection')
    return connection
  }
  /** What was published since the last look; null for a copy that was taken back. */
  const published = (): (StateRecordOf<'connection'> | null)[] =>
    sent.splice(0).map(({ value }) => {
      if (value === null) return null
      const record = stateRecordSchema.parse(JSON.parse(value))
      if (record.kind !== 'connection') throw new Error(record.kind)
      return record
    })
  return { clock, registry, sent, batcher, waiting, copies, connectionOf, published }
}

test('publishes a connection with all that the gateway holds of it, under its key', async () => {
  const { clock, sent, copies, connectionOf, published } = copiesRig([1])
  copies.changed(sidOf(1))
  await clock.advance(200)
  expect(sent).toMatchObject([
    { topic: 'holdfast.state', partition: partitionOf(sidOf(1)), key: `${sidOf(1)}/gateway` },
  ])
  expect(published()).toEqual([
    {
      v: 1,
      kind: 'connection',
      at: expect.any(Number),
      sid: sidOf(1),
      fields: connectionOf(1).fields,
      player: null,
      loginState: 'connected',
      pending: null,
    },
  ])
})

test('publishes a change within a fifth of a second, once for many, and nothing where nothing has changed', async () => {
  const { clock, copies, connectionOf, published } = copiesRig([1])
  copies.changed(sidOf(1))
  await clock.advance(200)
  published()
  connectionOf(1).revise({ width: 80 })
  copies.changed(sidOf(1))
  connectionOf(1).revise({ width: 100 })
  copies.changed(sidOf(1))
  await clock.advance(200)
  expect(published()).toMatchObject([{ fields: { width: 100, gatewayRevision: 3 } }])
  copies.changed(sidOf(1))
  await clock.advance(10_000)
  expect(published()).toEqual([])
})

test('publishes who the server says the session is', async () => {
  const { clock, copies, connectionOf, published } = copiesRig([1])
  const bind = { kind: 'bind', player: '#7', playerName: 'Ada', loginState: 'loggedIn' } as const
  connectionOf(1).deliver(outputRecord({ data: [bind] }))
  copies.changed(sidOf(1))
  await clock.advance(200)
  expect(published()).toMatchObject([{ player: '#7', loginState: 'loggedIn' }])
})

test('finds memory that was altered without a word within five seconds, among ten thousand', async () => {
  const numbers = Array.from({ length: 10_000 }, (_, index) => index)
  const { clock, copies, connectionOf, published } = copiesRig(numbers)
  for (const number of numbers) copies.changed(sidOf(number))
  await clock.advance(5_000)
  expect(published()).toHaveLength(10_000)
  connectionOf(7_777).fields.ip = '203.0.113.9'
  await clock.advance(5_100)
  expect(published()).toMatchObject([{ sid: sidOf(7_777), fields: { ip: '203.0.113.9' } }])
})

test('tells what waits for Redis, anew each second, and that it waits no longer', async () => {
  const { clock, copies, waiting, published } = copiesRig([1])
  copies.changed(sidOf(1))
  await clock.advance(200)
  published()
  waiting.set(sidOf(1), waits)
  copies.changed(sidOf(1))
  await clock.advance(200)
  expect(published()).toMatchObject([{ pending: waits }])
  waiting.set(sidOf(1), { ...waits, attempts: 2 })
  await clock.advance(1_000)
  expect(published()).toMatchObject([{ pending: { attempts: 2 } }])
  waiting.clear()
  copies.changed(sidOf(1))
  await clock.advance(200)
  expect(published()).toMatchObject([{ pending: null }])
})

test('takes the copy back when the connection is over, once, and publishes it no more', async () => {
  const { clock, copies, connectionOf, published } = copiesRig([1])
  copies.changed(sidOf(1))
  await clock.advance(200)
  published()
  connectionOf(1).gone()
  copies.changed(sidOf(1))
  copies.ended(sidOf(1))
  copies.ended(sidOf(1))
  expect(published()).toEqual([null])
  await clock.advance(5_000)
  expect(published()).toEqual([])
})

test('says nothing of a connection that the log does not know yet', async () => {
  const { clock, registry, copies, published } = copiesRig([])
  const { connection } = connectionRig({ number: 3 })
  registry.add(connection)
  copies.changed(sidOf(3))
  copies.publish(sidOf(3))
  await clock.advance(5_000)
  copies.ended(sidOf(3))
  expect(published()).toEqual([])
})

test('publishes again what is asked for, though nothing has changed', async () => {
  const { clock, copies, published } = copiesRig([1])
  copies.changed(sidOf(1))
  await clock.advance(200)
  published()
  copies.publish(sidOf(1))
  expect(published()).toMatchObject([{ sid: sidOf(1) }])
})

test('does not lengthen the queue while Kafka is away, and tells the last values afterwards', async () => {
  const { clock, batcher, copies, connectionOf, published } = copiesRig([1])
  batcher.oldestMs = 2_001
  for (let width = 1; width <= 50; width++) {
    connectionOf(1).revise({ width })
    copies.changed(sidOf(1))
    await clock.advance(200)
  }
  expect(published()).toEqual([])
  batcher.oldestMs = 0
  await clock.advance(200)
  expect(published()).toMatchObject([{ fields: { width: 50 } }])
})

test('leaves no timer behind', () => {
  const { clock, copies } = copiesRig()
  copies.close()
  expect(clock.pendingTimers()).toBe(0)
})
