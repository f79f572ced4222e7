import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sid } from '../contracts/index.ts'
import type { FlushItem } from '../redis/session-scripts.ts'
import { sidOf } from '../testing/fixtures.ts'
import { ISOLATION_CALLS_MAX, isolate, type Stored } from './isolate.ts'

const itemOf = (number: number): FlushItem => ({
  operation: 'update',
  sid: sidOf(number),
  connectionEpoch: 1,
  serverRevision: 1,
  server: {},
  gateway: {},
})
const part = (size: number): FlushItem[] => Array.from({ length: size }, (_, number) => itemOf(number))

/** Refuses each call that has one of `bad` in it. */
function storeBut(bad: ReadonlySet<Sid>) {
  const stored = new Set<Sid>()
  let calls = 0
  const store = (items: readonly FlushItem[]): Promise<Stored> => {
    calls++
    if (items.some(({ sid }) => bad.has(sid))) return Promise.resolve({ kind: 'permanent', problem: 'too large' })
    for (const { sid } of items) stored.add(sid)
    return Promise.resolve('stored')
  }
  return { store, stored, calls: () => calls }
}

test('finds exactly what is refused and stores everything else, whatever it is among', async () => {
  const cases = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.uniqueArray(fc.nat(299), { minLength: 1, maxLength: 3 }))
  await fc.assert(
    fc.asyncProperty(cases, async ([size, refused]) => {
      const bad = new Set(refused.map((number) => sidOf(number % size)))
      const { store, stored, calls } = storeBut(bad)
      const found = await isolate(part(size), 'too large', store)
      expect(found.kind).toBe('done')
      expect(new Set(found.dead.map(({ sid }) => sid))).toEqual(bad)
      expect(stored.size).toBe(size - bad.size)
      expect(calls()).toBeLessThanOrEqual(ISOLATION_CALLS_MAX)
    }),
  )
})

test('blames nobody when an empty call is refused too', async () => {
  const refuse = (): Promise<Stored> => Promise.resolve({ kind: 'permanent', problem: 'WRONGTYPE' })
  expect(await isolate(part(300), 'WRONGTYPE', refuse)).toEqual({ kind: 'unfinished', dead: [] })
})

test('stops looking after so many calls, with what it has found', async () => {
  const { store, calls } = storeBut(new Set(part(300).map(({ sid }) => sid)))
  const found = await isolate(part(300), 'too large', store)
  expect(found.kind).toBe('unfinished')
  expect(found.dead.length).toBeGreaterThan(0)
  expect(calls()).toBeLessThanOrEqual(ISOLATION_CALLS_MAX)
})

test('stops when Redis goes away meanwhile', async () => {
  const { store } = storeBut(new Set([sidOf(3)]))
  let calls = 0
  const found = await isolate(part(8), 'too large', (items) =>
    ++calls > 2 ? Promise.resolve('stopped') : store(items),
  )
  expect(found).toEqual({ kind: 'stopped', dead: [] })
})
