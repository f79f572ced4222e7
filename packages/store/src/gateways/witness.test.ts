import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { fakeBoard } from '../testing/fake-board.ts'
import { createGatewayWitness } from './witness.ts'

const LOOK_MS = 500

/** A second is two looks; who is alive beats in each. */
function witnessRig() {
  const clock = manualClock()
  const board = fakeBoard(clock)
  const state = { isRedisUp: true, holder: null as string | null, alive: ['gateway-1'], hearing: true }
  const witness = createGatewayWitness({
    clock,
    board,
    isRedisUp: () => state.isRedisUp,
    holderOf: () => (state.isRedisUp ? Promise.resolve(state.holder) : Promise.reject(new Error('away'))),
  })
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += LOOK_MS) {
      if (state.hearing) {
        board.hear('server-1')
        for (const gateway of state.alive) board.hear(gateway, { role: 'gateway' })
      }
      witness.look()
      await clock.advance(LOOK_MS)
    }
    witness.look()
  }
  const isDead = (gateway = 'gateway-1') => witness.isDead(gateway, 0)
  return { state, board, witness, pass, isDead }
}

test('takes a gateway for dead when it is silent for four seconds and its lease is gone, not sooner', async () => {
  const { state, pass, isDead } = witnessRig()
  await pass(10_000)
  state.alive = [] // its last beat was half a second ago
  await pass(3_000)
  expect(await isDead()).toBe(false)
  await pass(500)
  expect(await isDead()).toBe(true)
})

test('takes one that is silent for alive while it holds its slot, and for dead when another holds it', async () => {
  const { state, pass, isDead } = witnessRig()
  state.alive = []
  state.holder = 'gateway-1'
  await pass(20_000)
  expect(await isDead()).toBe(false)
  state.holder = 'gateway-2'
  expect(await isDead()).toBe(true)
})

test('orphans nobody when all leases vanish: who beats is alive', async () => {
  const { pass, isDead } = witnessRig()
  await pass(20_000)
  expect(await isDead()).toBe(false)
})

test('believes a goodbye at once, when the lease is gone too', async () => {
  const { state, board, pass, isDead } = witnessRig()
  await pass(5_000)
  state.alive = []
  state.holder = 'gateway-1'
  board.hear('gateway-1', { isLeaving: true })
  expect(await isDead()).toBe(false)
  state.holder = null
  expect(await isDead()).toBe(true)
})

test('counts no silence while it does not hear itself: an outage of Kafka orphans nobody', async () => {
  const { state, pass, isDead } = witnessRig()
  await pass(5_000)
  state.hearing = false
  await pass(60_000)
  expect(await isDead()).toBe(false)
  state.hearing = true
  state.alive = [] // it hears itself again before the gateway is back, whose lease has run out
  await pass(3_500)
  expect(await isDead()).toBe(false)
  await pass(500)
  expect(await isDead()).toBe(true)
})

test('counts no silence while Redis is away, nor before a gateway had the time to take its lease again', async () => {
  const { state, pass, isDead } = witnessRig()
  state.alive = []
  await pass(10_000)
  state.isRedisUp = false
  await pass(1_000)
  expect(await isDead()).toBe(false)
  state.isRedisUp = true
  await pass(3_500)
  expect(await isDead()).toBe(false)
  await pass(500)
  expect(await isDead()).toBe(true)
})

test('waits four seconds for one of which it has never heard, as after its own start', async () => {
  const { pass, isDead } = witnessRig()
  await pass(3_500)
  expect(await isDead('gateway-of-yesterday')).toBe(false)
  await pass(500)
  expect(await isDead('gateway-of-yesterday')).toBe(true)
})

test('says nothing where Redis does not answer the question for the lease', async () => {
  const { state, pass, isDead } = witnessRig()
  state.alive = []
  await pass(10_000)
  state.isRedisUp = false // between two looks
  await expect(isDead()).rejects.toThrow('away')
})
