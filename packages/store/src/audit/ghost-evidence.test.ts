import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { ControlRecord, PartitionEvent, Sid } from '../contracts/index.ts'
import { fakeBoard } from '../testing/fake-board.ts'
import { AT, inventory, sidsOf } from '../testing/fixtures.ts'
import { quietLife } from '../testing/quiet-life.ts'
import { createGhostEvidence, type Stranger } from './ghost-evidence.ts'

const P = 5
const [sid, other] = sidsOf(P, 2)

function setUp(hash: Record<string, string>) {
  if (!sid || !other) throw new Error('no sids')
  const clock = manualClock(AT)
  const board = fakeBoard(clock)
  const world = { caughtUpAt: 0, isDead: false, redisIsAway: false }
  const { owned } = quietLife(P, clock)
  const evidence = createGhostEvidence({
    clock,
    incarnation: 'server-1',
    board,
    progress: { caughtUpAt: () => world.caughtUpAt },
    async isGatewayDead() {
      if (world.redisIsAway) throw new Error('Command timed out')
      return world.isDead
    },
  })
  const stranger: Stranger = { sid, owned, copy: { hash, version: null }, since: 0 }
  const asks = (): string[] => board.sent.filter(isAsk).map(({ id }) => id)
  const answer = (ask: string | undefined, held: [Sid, number][]): PartitionEvent =>
    inventory({ from: 'gateway-1', ask: ask ?? null, held })
  return { clock, board, world, owned, evidence, stranger, asks, answer, other }
}
const isAsk = (record: ControlRecord): record is Extract<ControlRecord, { kind: 'ask' }> => record.kind === 'ask'

test('a session that has ended here is a ghost without more ado', async () => {
  const { owned, evidence, stranger } = setUp({ gateway: 'gateway-1', slot: '3' })
  owned.dead.set(stranger.sid, AT)
  expect(await evidence.isConclusive(stranger)).toBe(true)
})

test('a session of a living gateway is one only when that was asked afterwards and does not name it', async () => {
  const { clock, board, evidence, stranger, asks, answer, other } = setUp({ gateway: 'gateway-1', slot: '3' })
  expect(await evidence.isConclusive(stranger)).toBe(false)
  expect(board.sent).toMatchObject([{ kind: 'ask', what: 'inventory', gateway: 'gateway-1', partitions: [P] }])
  expect(await evidence.isConclusive(stranger)).toBe(false)
  expect(asks()).toHaveLength(1)
  evidence.heard(answer('an answer to somebody else', []))
  expect(await evidence.isConclusive(stranger)).toBe(false)
  evidence.heard(answer(asks()[0], [[other, 1]]))
  expect(await evidence.isConclusive(stranger)).toBe(true)

  await clock.advance(1_000)
  const later = { ...stranger, sid: other, since: clock.monotonic() }
  expect(await evidence.isConclusive(later)).toBe(false) // the old answer says nothing of it
  evidence.heard(answer(asks()[1], [[other, 1]]))
  expect(await evidence.isConclusive(later)).toBe(false) // it is held, and about to be introduced
})

test('asks again when no answer comes', async () => {
  const { clock, evidence, stranger, asks } = setUp({ gateway: 'gateway-1', slot: '3' })
  for (let second = 0; second < 10; second++) {
    expect(await evidence.isConclusive(stranger)).toBe(false)
    await clock.advance(1_000)
  }
  expect(asks()).toHaveLength(2)
})

test('a gateway that is cut from Kafka is not dead: its event is still to come, however long it takes', async () => {
  const { world, evidence, stranger } = setUp({ gateway: 'gateway-1', slot: '3' })
  world.caughtUpAt = 9_000
  expect(await evidence.isConclusive(stranger)).toBe(false)
  world.isDead = true
  expect(await evidence.isConclusive(stranger)).toBe(true)
})

test('a session of no gateway, or of a dead one, waits for what was in the log when it was seen', async () => {
  const { world, evidence, stranger } = setUp({ player: '#1' })
  expect(await evidence.isConclusive(stranger)).toBe(false)
  world.caughtUpAt = 1
  expect(await evidence.isConclusive(stranger)).toBe(true)
})

test('decides nothing while Redis does not answer whether the gateway lives', async () => {
  const { evidence, stranger, world } = setUp({ gateway: 'gateway-1', slot: '3' })
  Object.assign(world, { caughtUpAt: 1, redisIsAway: true })
  await expect(evidence.isConclusive(stranger)).rejects.toThrow('timed out')
})
