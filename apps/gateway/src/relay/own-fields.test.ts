import { manualClock } from '@holdfast/runtime/testing'
import { createBreaker, type GatewaySetOutcome } from '@holdfast/store'
import type { GatewayFields, Sid } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { connectionRig, sidOf } from '../testing/connection-rig.ts'
import { createOwnFields, type OwnField } from './own-fields.ts'

type Answer = GatewaySetOutcome | 'fails' | Promise<GatewaySetOutcome>

/** A back-off of the whole step, so that the moments of tries are known. */
const random = () => 1

/** `answers`: what Redis says of each session, in order; `stored` where nothing more is given. */
function ownFieldsRig(answers: Record<Sid, Answer[]> = {}) {
  const clock = manualClock()
  const connections = new Map([1, 2, 3, 4].map((number) => [sidOf(number), connectionRig({ number }).connection]))
  const writes: { sid: Sid; gatewayRevision: number; fields: Partial<GatewayFields> }[] = []
  const seen: Record<'stored' | 'refused' | 'failed', OwnField[]> = { stored: [], refused: [], failed: [] }
  const waiting: Sid[] = []
  const breaker = createBreaker(clock, random)
  const ownFields = createOwnFields({
    scripts: {
      gatewaySet(sid, { gatewayRevision }, fields) {
        writes.push({ sid, gatewayRevision, fields })
        const answer = answers[sid]?.shift() ?? 'stored'
        return answer === 'fails' ? Promise.reject(new Error('Redis is away')) : Promise.resolve(answer)
      },
    },
    clock,
    random,
    breaker,
    find: (sid) => connections.get(sid),
    connections: () => connections.size,
    events: {
      onStored: (fields) => seen.stored.push(...fields),
      onRefused: (fields) => seen.refused.push(...fields),
      onFailed: (fields) => seen.failed.push(...fields),
      onWaiting: (sid) => waiting.push(sid),
    },
  })
  /** The connection has another width, of which Redis knows nothing. */
  const resize = (number: number, width: number) => {
    const fields = connections.get(sidOf(number))?.fields
    if (fields) Object.assign(fields, { width, gatewayRevision: fields.gatewayRevision + 1 })
    ownFields.mark(sidOf(number), ['width'])
  }
  return { ownFields, clock, breaker, connections, writes, seen, waiting, resize }
}

test('writes a change at once, and nothing waits when Redis has it', async () => {
  const { ownFields, clock, writes, seen, waiting, resize } = ownFieldsRig()
  resize(1, 80)
  expect(writes).toEqual([{ sid: sidOf(1), gatewayRevision: 2, fields: { width: 80 } }])
  expect(ownFields.waiting(sidOf(1))).toMatchObject({ fields: ['width'], attempts: 0, nextAt: null, error: null })
  await clock.advance(5_000)
  expect([ownFields.size, ownFields.waiting(sidOf(1)), writes.length]).toEqual([0, null, 1])
  expect([seen.stored, waiting]).toEqual([['width'], []])
})

test('writes the present values, not those of the time when Redis failed', async () => {
  const { ownFields, clock, writes, resize } = ownFieldsRig({ [sidOf(1)]: ['fails'] })
  resize(1, 80)
  await clock.advance(0)
  resize(1, 100)
  await clock.advance(500)
  expect(writes.at(-1)).toEqual({ sid: sidOf(1), gatewayRevision: 3, fields: { width: 100 } })
  expect(ownFields.size).toBe(0)
})

test('tries again with growing pauses until Redis has it, and says meanwhile what waits, since when and why', async () => {
  const { ownFields, clock, writes, seen, waiting, resize } = ownFieldsRig({ [sidOf(1)]: ['fails', 'fails'] })
  const since = clock.now()
  resize(1, 80)
  await clock.advance(0)
  const expected = { fields: ['width'], since, attempts: 1, error: 'Redis is away', isDead: false }
  expect(ownFields.waiting(sidOf(1))).toEqual({ ...expected, nextAt: since + 100 })
  await clock.advance(99)
  expect(writes).toHaveLength(1)
  await clock.advance(1)
  expect(ownFields.waiting(sidOf(1))).toEqual({ ...expected, attempts: 2, nextAt: since + 300 })
  await clock.advance(500)
  expect([ownFields.size, writes.length]).toEqual([0, 3])
  expect([seen.failed, seen.stored]).toEqual([['width', 'width'], ['width']])
  expect(waiting).toEqual([sidOf(1), sidOf(1)]) // when it began to wait, and when that was over
})

test('waits for a record that its owner has not created yet, and fails nothing over it', async () => {
  const { ownFields, clock, writes, seen, breaker, resize } = ownFieldsRig({
    [sidOf(1)]: ['gone', 'gone', 'gone', 'gone'],
  })
  resize(1, 80)
  await clock.advance(100)
  expect(ownFields.waiting(sidOf(1))?.error).toContain('no record')
  await clock.advance(5_000)
  expect([ownFields.size, writes.length, seen.failed, breaker.state]).toEqual([0, 5, [], 'closed'])
})

test('writes all fields where Redis may have none', async () => {
  const { ownFields, clock, connections, writes } = ownFieldsRig({ [sidOf(1)]: ['gone'] })
  ownFields.mark(sidOf(1), ['*'])
  expect(ownFields.waiting(sidOf(1))?.fields).toEqual(['*'])
  await clock.advance(500)
  expect(writes.at(-1)?.fields).toEqual(connections.get(sidOf(1))?.fields)
})

test.each([
  ['stale', 'stored'],
  ['fenced', 'refused'],
] as const)('lets go where Redis answers %s, and counts it as %s', async (answer, result) => {
  const { ownFields, clock, seen, resize } = ownFieldsRig({ [sidOf(1)]: [answer] })
  resize(1, 80)
  await clock.advance(0)
  expect([ownFields.size, seen[result]]).toEqual([0, ['width']])
})

test('lets one probe through while Redis is away, and writes all of it when that succeeds', async () => {
  const { ownFields, clock, writes, breaker, resize } = ownFieldsRig({
    [sidOf(1)]: ['fails', 'fails'],
    [sidOf(2)]: ['fails'],
    [sidOf(3)]: ['fails'],
  })
  for (const number of [1, 2, 3]) resize(number, 80)
  await clock.advance(0)
  expect(breaker.state).toBe('open')
  resize(4, 80)
  expect(writes).toHaveLength(3)
  expect(ownFields.waiting(sidOf(4))).toMatchObject({ attempts: 0, error: null })
  const { nextProbeAt, pending, retrying, error } = ownFields.figures()
  expect([nextProbeAt, pending, retrying, error]).toEqual([clock.now() + 400, 1, 3, 'Redis is away'])
  await clock.advance(400)
  expect(writes).toHaveLength(4) // the probe, which fails
  await clock.advance(2_000)
  expect([ownFields.size, breaker.state, ownFields.figures().ofBound]).toEqual([0, 'closed', 0])
})

test('tries what a wizard asks for at once, whatever its back-off says', async () => {
  const { ownFields, clock, writes, resize } = ownFieldsRig({ [sidOf(1)]: ['fails'] })
  resize(1, 80)
  await clock.advance(10)
  ownFields.retry([sidOf(1), sidOf(2)])
  await clock.advance(0)
  expect([ownFields.size, writes.length]).toEqual([0, 2])
})

test('forgets a connection that has ended, also amid its write', async () => {
  const { promise, resolve } = Promise.withResolvers<GatewaySetOutcome>()
  const { ownFields, clock, connections, writes, resize } = ownFieldsRig({
    [sidOf(1)]: ['gone'],
    [sidOf(2)]: [promise],
  })
  resize(1, 80)
  resize(2, 80)
  connections.clear()
  await clock.advance(500)
  resolve('gone')
  await clock.advance(500)
  expect([ownFields.size, writes.length]).toEqual([0, 2])
})

test('keeps a change that comes while the one before is being written', async () => {
  const { promise, resolve } = Promise.withResolvers<GatewaySetOutcome>()
  const { ownFields, clock, writes, resize } = ownFieldsRig({ [sidOf(1)]: [promise] })
  resize(1, 80)
  await clock.advance(500)
  const later = clock.now()
  resize(1, 100)
  await clock.advance(2_000)
  expect(writes).toHaveLength(1) // one at a time for each connection
  resolve('stored')
  await clock.advance(0)
  expect(ownFields.waiting(sidOf(1))?.since).toBe(later)
  await clock.advance(50)
  expect(writes.at(-1)).toEqual({ sid: sidOf(1), gatewayRevision: 3, fields: { width: 100 } })
  expect(ownFields.size).toBe(0)
})

test('tells what comes, what is written and how long it takes, as means of whole seconds', async () => {
  const { ownFields, clock, resize } = ownFieldsRig()
  for (let round = 0; round < 20; round++) resize(1, round)
  await clock.advance(1_000)
  expect(ownFields.figures()).toMatchObject({ inPerS: 2, writeMs: { p50: 0, p95: 0 }, pending: 0, oldestMs: 0 })
  expect(ownFields.figures().outPerS).toBeGreaterThan(0)
  await clock.advance(11_000)
  expect(ownFields.figures()).toMatchObject({ inPerS: 0, outPerS: 0 })
})

test('leaves no timer behind', () => {
  const { ownFields, clock } = ownFieldsRig()
  ownFields.close()
  expect(clock.pendingTimers()).toBe(0)
})
