import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { createRegistry } from '../connections/registry.ts'
import { connectionRig } from '../testing/connection-rig.ts'
import { startPulse } from './pulse.ts'

function pulseRig() {
  const clock = manualClock()
  const batcher = { isFull: false, oldestMs: 0 }
  const registry = createRegistry()
  const rigs = [connectionRig({ number: 1 }), connectionRig({ number: 2 })] as const
  for (const { connection } of rigs) registry.add(connection)
  const pulse = startPulse({ registry, batcher, clock })
  const paused = () => rigs.map(({ state }) => state.paused)
  return { pulse, clock, batcher, registry, rigs, paused }
}

test('stops reading as soon as the batcher is full, and goes on when it has room', async () => {
  const { pulse, clock, batcher, paused } = pulseRig()
  batcher.isFull = true
  pulse.onSent()
  expect([paused(), pulse.isHeld]).toEqual([[true, true], true])
  batcher.isFull = false
  await clock.advance(200)
  expect([paused(), pulse.isHeld]).toEqual([[false, false], false])
})

test('stops reading when a line has waited a minute for Kafka', async () => {
  const { clock, batcher, paused } = pulseRig()
  batcher.oldestMs = 60_000
  await clock.advance(200)
  expect(paused()).toEqual([false, false])
  batcher.oldestMs = 60_001
  await clock.advance(200)
  expect(paused()).toEqual([true, true])
})

test('lets nobody be read who is still registering when Kafka comes back', async () => {
  const { pulse, clock, batcher, rigs, paused } = pulseRig()
  rigs[0].connection.hold('registering')
  batcher.isFull = true
  pulse.onSent()
  batcher.isFull = false
  await clock.advance(200)
  expect(paused()).toEqual([true, false])
})

test('reads nobody who has registered while Kafka is behind', () => {
  const { pulse, batcher, rigs, paused } = pulseRig()
  rigs[0].connection.hold('registering')
  batcher.isFull = true
  pulse.onSent()
  rigs[0].connection.release('registering')
  expect(paused()).toEqual([true, true])
})

test('lets each connection look at what is due', async () => {
  const { clock, rigs } = pulseRig()
  rigs[0].state.backlogBytes = Number.MAX_SAFE_INTEGER
  await clock.advance(200)
  expect([rigs[0].closes, rigs[1].closes]).toEqual([['slow'], []])
})

test('leaves no timer behind', () => {
  const { pulse, clock } = pulseRig()
  pulse.close()
  expect(clock.pendingTimers()).toBe(0)
})
