import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import { fakeBoard } from '../testing/fake-board.ts'
import { AT } from '../testing/fixtures.ts'
import { quietLife } from '../testing/quiet-life.ts'
import type { BreakerState } from '../write-behind/breaker.ts'
import { createTrust } from './trust.ts'

async function setUp() {
  const clock = manualClock(AT)
  await clock.advance(10_000)
  const board = fakeBoard(clock)
  const breaker: { state: BreakerState } = { state: 'closed' }
  const { owned } = quietLife(5, clock)
  const world = { current: owned as OwnedPartition, caughtUpAt: clock.monotonic(), isReplicaFresh: true }
  const trust = createTrust({
    clock,
    incarnation: 'server-1',
    isCurrent: (one) => one === world.current,
    breaker,
    progress: { caughtUpAt: () => world.caughtUpAt },
    board,
    isReplicaFresh: () => world.isReplicaFresh,
  })
  board.hear('server-1')
  return { clock, board, breaker, owned, world, trust }
}

test('judges a partition that is ready, up to date and not held up', async () => {
  const { owned, trust } = await setUp()
  expect(trust.doubt(owned)).toBeNull()
})

test('does not judge while the partition is not loaded, not ready, or a former life', async () => {
  const { clock, owned, world, trust } = await setUp()
  owned.ready = false
  expect(trust.doubt(owned)).toBe('not ready')
  owned.ready = true
  world.current = quietLife(5, clock).owned
  expect(trust.doubt(owned)).toBe('not ready')
})

test('does not judge while flushes are held back', async () => {
  const { breaker, owned, trust } = await setUp()
  breaker.state = 'half-open'
  expect(trust.doubt(owned)).toBe('the breaker is not closed')
})

test('does not judge what may be behind the log', async () => {
  const { clock, board, owned, trust } = await setUp()
  await clock.advance(2_600)
  board.hear('server-1')
  expect(trust.doubt(owned)).toBe('behind the log')
})

test('does not judge while what this process says comes back late, or not at all', async () => {
  const { clock, board, owned, world, trust } = await setUp()
  board.hear('server-1', { at: AT + 8_000 }) // two seconds under way
  expect(trust.doubt(owned)).toBe('Kafka is late')
  board.hear('server-1')
  expect(trust.doubt(owned)).toBeNull()
  await clock.advance(2_600)
  world.caughtUpAt = clock.monotonic()
  expect(trust.doubt(owned)).toBe('Kafka is late')
})

test('takes a gateway at its published word only while it is heard, and not when it has said goodbye', async () => {
  const { clock, board, world, trust } = await setUp()
  expect(trust.isHeard('gateway-1')).toBe(false)
  board.hear('gateway-1')
  expect(trust.isHeard('gateway-1')).toBe(true)
  world.isReplicaFresh = false
  expect(trust.isHeard('gateway-1')).toBe(false)
  world.isReplicaFresh = true
  await clock.advance(2_600)
  board.hear('server-1')
  expect(trust.isHeard('gateway-1')).toBe(false)
  board.hear('gateway-1')
  expect(trust.isHeard('gateway-1')).toBe(true)
  board.hear('gateway-1', { isLeaving: true })
  expect(trust.isHeard('gateway-1')).toBe(false)
})
