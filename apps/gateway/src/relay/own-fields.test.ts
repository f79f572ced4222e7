import { manualClock } from '@holdfast/runtime/testing'
import type { GatewaySetOutcome } from '@holdfast/store'
import type { GatewayFields, Sid } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { connectionRig, sidOf } from '../testing/connection-rig.ts'
import { createOwnFields } from './own-fields.ts'

type Answer = GatewaySetOutcome | 'fails' | Promise<GatewaySetOutcome>

/** `answers`: what Redis says of each session, in order; `stored` where nothing more is given. */
function ownFieldsRig(answers: Record<Sid, Answer[]> = {}) {
  const clock = manualClock()
  const connections = new Map([1, 2, 3].map((number) => [sidOf(number), connectionRig({ number }).connection]))
  const writes: { sid: Sid; gatewayRevision: number; fields: Partial<GatewayFields> }[] = []
  const failures: unknown[] = []
  const ownFields = createOwnFields({
    scripts: {
      gatewaySet(sid, { gatewayRevision }, fields) {
        writes.push({ sid, gatewayRevision, fields })
        const answer = answers[sid]?.shift() ?? 'stored'
        return answer === 'fails' ? Promise.reject(new Error('Redis is away')) : Promise.resolve(answer)
      },
    },
    clock,
    find: (sid) => connections.get(sid),
    onFailed: () => failures.push(null),
  })
  /** The connection has another width, of which Redis knows nothing. */
  const resize = (number: number, width: number) => {
    const fields = connections.get(sidOf(number))?.fields
    if (fields) Object.assign(fields, { width, gatewayRevision: fields.gatewayRevision + 1 })
    ownFields.mark(sidOf(number), { width })
  }
  return { ownFields, clock, connections, writes, failures, resize }
}

test('writes the present values, not those of the time when Redis failed', async () => {
  const { ownFields, clock, writes, resize } = ownFieldsRig()
  resize(1, 80)
  resize(1, 100)
  await clock.advance(500)
  expect(writes).toEqual([{ sid: sidOf(1), gatewayRevision: 3, fields: { width: 100 } }])
  expect(ownFields.size).toBe(0)
  await clock.advance(5_000)
  expect(writes).toHaveLength(1)
})

test('tries again until Redis has it, and counts each failure', async () => {
  const { ownFields, clock, writes, failures, resize } = ownFieldsRig({ [sidOf(1)]: ['fails', 'fails'] })
  resize(1, 80)
  await clock.advance(1_000)
  expect([ownFields.size, failures.length]).toEqual([1, 2])
  await clock.advance(500)
  expect([ownFields.size, writes.length]).toEqual([0, 3])
})

test('waits for a record that its owner has not created yet', async () => {
  const { ownFields, clock, writes, failures, resize } = ownFieldsRig({ [sidOf(1)]: ['gone', 'gone'] })
  resize(1, 80)
  await clock.advance(1_500)
  expect([ownFields.size, writes.length, failures.length]).toEqual([0, 3, 0])
})

test.each(['stale', 'fenced'] as const)('lets go where Redis answers %s', async (answer) => {
  const { ownFields, clock, resize } = ownFieldsRig({ [sidOf(1)]: [answer] })
  resize(1, 80)
  await clock.advance(500)
  expect(ownFields.size).toBe(0)
})

test('lets no session that always fails keep the others waiting', async () => {
  const { ownFields, clock, writes, resize } = ownFieldsRig({ [sidOf(1)]: ['fails', 'fails', 'fails'] })
  for (const number of [1, 2, 3]) resize(number, 80)
  await clock.advance(500)
  expect(writes.map(({ sid }) => sid)).toEqual([sidOf(1), sidOf(2), sidOf(3)])
  expect(ownFields.size).toBe(1)
})

test('forgets a connection that has ended', async () => {
  const { ownFields, clock, connections, writes, resize } = ownFieldsRig()
  resize(1, 80)
  connections.delete(sidOf(1))
  await clock.advance(500)
  expect([ownFields.size, writes.length]).toEqual([0, 0])
})

test('keeps a change that comes while the one before is being written', async () => {
  const { promise, resolve } = Promise.withResolvers<GatewaySetOutcome>()
  const { ownFields, clock, writes, resize } = ownFieldsRig({ [sidOf(1)]: [promise] })
  resize(1, 80)
  await clock.advance(500)
  resize(1, 100)
  await clock.advance(2_000)
  expect(writes).toHaveLength(1) // one round at a time
  resolve('stored')
  await clock.advance(500)
  expect(writes.at(-1)).toEqual({ sid: sidOf(1), gatewayRevision: 3, fields: { width: 100 } })
  expect(ownFields.size).toBe(0)
})

test('ignores what it may not change, and leaves no timer behind', () => {
  const { ownFields, clock } = ownFieldsRig()
  ownFields.mark(sidOf(1), { handle: 9 })
  ownFields.close()
  expect(clock.pendingTimers()).toBe(0)
})
