import { manualClock } from '@holdfast/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HANDLE_BLOCK, leaseHandles } from './handle-lease.ts'

/** Redis's counter, which a test may wipe or set back, and the log, in which claims come back in one order. */
function world() {
  let counter = 0
  let floor = 0
  let held = false
  let waiting: (() => void)[] = []
  const claims: { slot: number; end: number }[] = []
  const land = (slot: number, end: number, resolve: (before: number) => void): void => {
    claims.push({ slot, end })
    const before = floor
    floor = Math.max(floor, end)
    resolve(before)
  }
  return {
    claims,
    counter: {
      lease(given: number, count: number): Promise<number> {
        counter = Math.max(counter, given) + count
        return Promise.resolve(counter)
      },
    },
    log: {
      get floor() {
        return floor
      },
      claim: (slot: number, end: number) =>
        new Promise<number>((resolve) => {
          if (held) waiting.push(() => land(slot, end, resolve))
          else land(slot, end, resolve)
        }),
    },
    setBack(to: number): void {
      counter = Math.min(counter, to)
    },
    /** Kafka is away: claims wait. */
    hold(): void {
      held = true
    },
    release(order: (waiting: (() => void)[]) => (() => void)[] = (all) => all): void {
      held = false
      const all = order(waiting)
      waiting = []
      for (const come of all) come()
    },
    get claimsWaiting() {
      return waiting.length
    },
  }
}

function gatewayAt(
  { counter, log }: Pick<ReturnType<typeof world>, 'counter' | 'log'>,
  slot: number,
  clock = manualClock(),
) {
  const troubles: string[] = []
  const { signal } = new AbortController()
  const lease = leaseHandles({ counter, log, slot, clock, signal, onTrouble: (problem) => troubles.push(problem) })
  return { lease, clock, troubles }
}

test('gives no handle before the log has its block', async () => {
  const all = world()
  all.hold()
  const { lease, clock } = gatewayAt(all, 0)
  const state = { isThere: false }
  void lease.then(() => {
    state.isThere = true
  })
  await clock.advance(1_000)
  expect([state.isThere, all.claimsWaiting]).toEqual([false, 1])
  all.release()
  const handles = await lease
  expect([handles.take(), handles.take(), handles.end, all.claims]).toEqual([
    1,
    2,
    HANDLE_BLOCK,
    [{ slot: 0, end: HANDLE_BLOCK }],
  ])
})

test('throws a block away that another gateway has claimed before, over a Redis that was wiped between two leases', async () => {
  const all = world()
  all.hold()
  const first = gatewayAt(all, 0)
  await first.clock.advance(0)
  all.setBack(0)
  const second = gatewayAt(all, 1)
  await second.clock.advance(0)
  all.release()
  const [one, two] = [await first.lease, await second.lease]
  expect([one.take(), one.end, two.take(), two.end]).toEqual([1, HANDLE_BLOCK, HANDLE_BLOCK + 1, 2 * HANDLE_BLOCK])
})

test('leases ahead, and goes on above the log’s floor when Redis was set back meanwhile', async () => {
  const all = world()
  const { lease, clock } = gatewayAt(all, 0)
  const handles = await lease
  all.setBack(0)
  const given: (number | null)[] = []
  for (let taken = 0; taken < 2 * HANDLE_BLOCK; taken++) {
    given.push(handles.take())
    await clock.advance(0)
  }
  expect(given).toEqual(Array.from({ length: 2 * HANDLE_BLOCK }, (_, index) => index + 1))
})

test('says null while Kafka is away and the blocks are used up, and gives again when it is back', async () => {
  const all = world()
  const { lease, clock, troubles } = gatewayAt(all, 0)
  const handles = await lease
  all.hold()
  for (let taken = 0; taken < HANDLE_BLOCK; taken++) expect(handles.take()).toBe(taken + 1)
  await clock.advance(31_000)
  expect(handles.take()).toBeNull()
  expect(troubles).toEqual([expect.stringContaining('claiming handles')])
  all.release()
  await clock.advance(1_000)
  expect(handles.take()).toBeGreaterThan(HANDLE_BLOCK)
})

test('never gives a handle twice, however often Redis is wiped and in whatever order claims come', async () => {
  const step = fc.record({ slot: fc.nat(2), setBack: fc.boolean(), holds: fc.boolean(), reversed: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
      const all = world()
      const given: number[] = []
      let waiting: Promise<void>[] = []
      for (const { slot, setBack, holds, reversed } of steps) {
        if (holds) all.hold()
        const { lease, clock } = gatewayAt(all, slot)
        waiting.push(
          lease.then((handles) => {
            for (let taken = 0; taken < 3; taken++) given.push(handles.take() ?? Number.NaN)
          }),
        )
        await clock.advance(0)
        if (setBack) all.setBack(0)
        if (holds) continue
        all.release((claims) => (reversed ? claims.reverse() : claims))
        await Promise.all(waiting)
        waiting = []
      }
      all.release()
      await Promise.all(waiting)
      expect(given).toHaveLength(3 * steps.length)
      expect(new Set(given).size).toBe(given.length)
    }),
    { numRuns: 200 },
  )
})
