import { expect, test } from 'vitest'
import { createInputGate } from './input-gate.ts'

const gateOf = (limits = {}) => createInputGate({ inputBurst: 2, inputPerSecond: 10, inputQueueMax: 2, ...limits })

test('lets a burst through, queues what follows, and refuses what is above its bound', () => {
  const gate = gateOf()
  expect(['a', 'b', 'c', 'd', 'e'].map((line) => gate.offer(line, 0))).toEqual([
    'now',
    'now',
    'queued',
    'queued',
    'full',
  ])
  expect(gate.size).toBe(2)
})

test('lets no line pass those that wait, even when its own turn would have come', () => {
  const gate = gateOf()
  for (const line of ['a', 'b', 'c']) gate.offer(line, 0)
  expect(gate.offer('d', 500)).toBe('queued')
  expect([gate.next(500), gate.next(500), gate.next(500)]).toEqual(['c', 'd', undefined])
})

test('gives back what time has earned, never more than a burst', () => {
  const gate = gateOf({ inputQueueMax: 100 })
  gate.offer('a', 0)
  const turns = Array.from({ length: 4 }, (_, n) => gate.offer(String(n), 3_600_000))
  expect(turns).toEqual(['now', 'now', 'queued', 'queued'])
})

test('gives an empty line its turn like any other', () => {
  const gate = gateOf()
  for (const line of ['a', 'b', '']) gate.offer(line, 0)
  expect(gate.next(100)).toBe('')
  expect(gate.size).toBe(0)
})

test('forgets what waits', () => {
  const gate = gateOf()
  for (const line of ['a', 'b', 'c']) gate.offer(line, 0)
  gate.clear()
  expect([gate.size, gate.next(10_000)]).toEqual([0, undefined])
})
