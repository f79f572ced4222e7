import { manualClock } from '@holdfast/runtime/testing'
import type { OutgoingRecord } from '@holdfast/store'
import {
  type ControlRecordOf,
  digestOf,
  PARTITIONS,
  partitionEventSchema,
  partitionOf,
} from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { createRegistry } from '../connections/registry.ts'
import { connectionRig, sidOf } from '../testing/connection-rig.ts'
import { fakeBoard } from '../testing/fake-board.ts'
import { tellInventories } from './inventories.ts'

const NUMBERS = [1, 2, 3]

function inventoriesRig() {
  const clock = manualClock()
  const registry = createRegistry()
  for (const number of NUMBERS) {
    const { connection } = connectionRig({ number })
    registry.add(connection)
    connection.established()
  }
  registry.add(connectionRig({ number: 4 }).connection) // it is being registered
  const sent: OutgoingRecord[] = []
  const fake = fakeBoard()
  const inventories = tellInventories({
    board: fake.board,
    registry,
    batcher: { send: (record) => void sent.push(record) },
    clock,
    incarnation: 'gateway-1',
    slot: 3,
  })
  const told = () =>
    sent.splice(0).map(({ partition, value }) => ({
      partition,
      event: partitionEventSchema.parse(JSON.parse(value ?? 'null')),
    }))
  const ask = (rest: Partial<ControlRecordOf<'ask'>>) =>
    fake.say({
      v: 1,
      kind: 'ask',
      id: 'ask-1',
      at: 0,
      from: 'server-1',
      what: 'inventory',
      gateway: 'gateway-1',
      partitions: [],
      ...rest,
    })
  return { inventories, clock, registry, fake, told, ask }
}

const heldIn = (partition: number) =>
  NUMBERS.map(sidOf)
    .filter((sid) => partitionOf(sid) === partition)
    .map((sid): [typeof sid, number] => [sid, 1])

test('sends a digest of every partition each minute, of those too in which nothing is held', async () => {
  const { clock, told } = inventoriesRig()
  await clock.advance(59_999)
  expect(told()).toEqual([])
  await clock.advance(1)
  const digests = told()
  expect(digests).toHaveLength(PARTITIONS)
  for (const { partition, event } of digests) {
    expect(event).toMatchObject({ type: 'gateway.digest', from: 'gateway-1', slot: 3, ask: null })
    expect(event).toMatchObject(digestOf(heldIn(partition)))
  }
})

test('answers a question for its list with what the log knows of, under the question’s name', () => {
  const { ask, told } = inventoriesRig()
  const partition = partitionOf(sidOf(1))
  ask({ partitions: [partition, partition, 99] })
  expect(told()).toEqual([
    {
      partition,
      event: expect.objectContaining({ type: 'gateway.inventory', ask: 'ask-1', held: heldIn(partition) }),
    },
  ])
})

test('answers a question to all gateways, and none to another', () => {
  const { ask, told } = inventoriesRig()
  ask({ what: 'digest', gateway: null, partitions: [0, 1] })
  expect(told().map(({ partition, event }) => [partition, event.type, event.ask])).toEqual([
    [0, 'gateway.digest', 'ask-1'],
    [1, 'gateway.digest', 'ask-1'],
  ])
  ask({ gateway: 'gateway-2', partitions: [0] })
  expect(told()).toEqual([])
})

test('tells nothing after the stop', async () => {
  const { inventories, clock, fake, ask, told } = inventoriesRig()
  inventories.close()
  ask({ partitions: [0] })
  await clock.advance(120_000)
  expect([told(), fake.listeners, clock.pendingTimers()]).toEqual([[], 0, 0])
})
