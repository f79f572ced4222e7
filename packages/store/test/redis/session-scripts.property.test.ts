import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sid, toHash } from '../../src/contracts/index.ts'
import type { Redis } from '../../src/redis/create-redis.ts'
import { keys } from '../../src/redis/keys.ts'
import {
  createSessionScripts,
  type FlushItem,
  type SessionScripts,
  seenConnection,
} from '../../src/redis/session-scripts.ts'
import { AT, gatewayFields } from '../../src/testing/fixtures.ts'
import { openDatabase } from './own-database.ts'
import {
  detach,
  emptyModel,
  flush,
  gatewaySet,
  type Model,
  PARTITION,
  register,
  SIDS,
  type Step,
  stepArbitrary,
  versionIn,
  wipe,
} from './scripts-model.ts'

const RUNS = 250

let redis: Redis
let scripts: SessionScripts
/** The script calls of the present step. */
let calls: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  redis = await openDatabase('scripts')
  scripts = recording(createSessionScripts(redis))
})
afterAll(() => redis.disconnect())

/** How often each kind of step and answer came: a walk that never meets one proves nothing about it. */
const seen = new Map<string, number>()
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)

type StepOf<T extends Step['do']['what']> = Extract<Step['do'], { what: T }>

/** Everything that Redis holds of the partition. */
async function dump() {
  const [versions, dead, owner, ...hashes] = await Promise.all([
    redis.hgetall(keys.versions(PARTITION)),
    redis.zrange(keys.dead(PARTITION), '0', '-1', 'WITHSCORES'),
    redis.hgetall(keys.owner(PARTITION)),
    ...SIDS.map((sid) => redis.hgetall(keys.session(sid))),
  ])
  const sessions: Record<string, Record<string, string>> = {}
  for (const [at, sid] of SIDS.entries()) {
    const hash = hashes[at] ?? {}
    if (Object.keys(hash).length > 0) sessions[sid] = hash
  }
  return { sessions, versions, dead, owner }
}

function expected(model: Model): Awaited<ReturnType<typeof dump>> {
  const { owner } = model
  const dead = [...model.dead].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  const fields: Record<string, string> = {}
  if (owner) {
    Object.assign(fields, { owner: owner.owner, epoch: String(owner.epoch) })
    if (owner.offset !== null) fields.offset = String(owner.offset)
    if (owner.flushSequence > 0) fields.flushSequence = String(owner.flushSequence)
  }
  return {
    sessions: Object.fromEntries(model.sessions),
    versions: Object.fromEntries([...model.sessions].map(([sid, hash]) => [sid, versionIn(hash)])),
    dead: dead.flatMap(([sid, at]) => [sid, String(at)]),
    owner: fields,
  }
}

const epochIn = (model: Model, sid: Sid): number => Number(model.sessions.get(sid)?.connectionEpoch ?? '1')
const fieldsOf = (sid: Sid, gateway: string) => gatewayFields({ handle: SIDS.indexOf(sid) + 1, gateway })

async function acquire(model: Model, { owner }: StepOf<'acquire'>): Promise<void> {
  // Over a wiped store, what was published tells the highest epoch that there was.
  const minEpoch = model.owner ? 0 : model.epochMax + 1
  const acquired = await scripts.acquire(PARTITION, owner, minEpoch)
  expect(acquired.previousOwner).toBe(model.owner?.owner ?? null)
  expect(acquired.previousEpoch).toBe(model.owner?.epoch ?? null)
  expect(acquired.offset).toBe(model.owner?.offset ?? null)
  expect(acquired.flushSequence).toBe(model.owner?.flushSequence ?? 0)
  if (model.owner?.owner === owner) expect(acquired.epoch).toBe(model.owner.epoch)
  else expect(acquired.epoch).toBeGreaterThan(model.epochMax)
  const { epoch, offset, flushSequence } = acquired
  model.epochMax = epoch
  model.owner = { owner, epoch, offset, flushSequence }
  const before = model.memory[owner].epoch
  const epochBefore = before === epoch ? model.memory[owner].epochBefore : before
  model.memory[owner] = { epoch, epochBefore, acknowledged: flushSequence, flushSequence }
}

function itemOf(model: Model, item: StepOf<'flush'>['items'][number], number: number): FlushItem {
  const { sid, operation, behind, ahead, server } = item
  const seen = seenConnection(model.sessions.get(sid) ?? {})
  const connectionEpoch = Math.max(operation === 'close' ? 0 : 1, epochIn(model, sid) - behind)
  // A rewrite gives the same connection under a newer revision, as a gateway that nobody can ask any more had it.
  const isNewer = operation === 'rewrite' ? 1 : ahead
  const gatewayRevision = Number(model.sessions.get(sid)?.gatewayRevision ?? '1') + isNewer
  const host = `${operation} ${number}`
  const gateway = { ...fieldsOf(sid, 'gateway-1'), connectionEpoch, gatewayRevision, host }
  return {
    sid,
    operation,
    connectionEpoch,
    gatewayRevision,
    serverRevision: operation === 'close' ? 0 : number + 1,
    server: operation === 'close' ? {} : server,
    gateway: operation === 'create' || operation === 'rewrite' ? toHash(gateway) : {},
    ...(operation === 'rewrite' && { seen: behind === 0 ? seen : `${seen}?` }),
  }
}

async function flushOnce(model: Model, step: StepOf<'flush'>, number: number): Promise<void> {
  const memory = model.memory[step.owner]
  if (step.number !== 'repeated') memory.flushSequence++
  if (step.number === 'ahead') memory.acknowledged = memory.flushSequence++
  const fences = { held: memory.epoch, older: memory.epochBefore, stolen: model.owner?.epoch ?? 0 }
  const given = {
    partition: PARTITION,
    owner: step.owner,
    epoch: fences[step.fence],
    offset: step.offset,
    flushSequence: memory.flushSequence,
    acknowledged: memory.acknowledged,
    now: AT + number,
    items: step.items.map((each) => itemOf(model, each, number)),
  }
  const outcome = flush(model, given)
  expect(await scripts.flush(given)).toEqual(outcome)
  if (outcome.kind === 'stored') memory.acknowledged = given.flushSequence
  if (outcome.kind === 'rolled-back') memory.acknowledged = outcome.flushSequence
  count(`flush ${outcome.kind}`)
  if (outcome.kind !== 'stored') return
  for (const [at, { operation }] of given.items.entries()) count(`${operation} ${outcome.items[at]}`)
}

/** As a resume will do it: by hand, since what counts here is how the other scripts meet it. */
async function reconnect(model: Model, { sid, gateway }: StepOf<'reconnect'>): Promise<void> {
  const hash = model.sessions.get(sid)
  if (!hash) return
  Object.assign(hash, {
    gateway,
    connectionEpoch: String(epochIn(model, sid) + 1),
    gatewayRevision: '1',
    status: 'connected',
  })
  delete hash.detachedUntil
  await redis.hset(keys.session(sid), hash)
  await redis.hdel(keys.session(sid), 'detachedUntil')
  await redis.hset(keys.versions(PARTITION), sid, versionIn(hash))
}

async function take(model: Model, step: Step['do'], number: number): Promise<void> {
  switch (step.what) {
    case 'acquire':
      return acquire(model, step)
    case 'register': {
      const fields = fieldsOf(step.sid, step.gateway)
      const answer = register(model, step.sid, step.gateway, toHash(fields))
      expect(await scripts.register(step.sid, fields)).toBe(answer)
      return
    }
    case 'gatewaySet': {
      const connectionEpoch = epochIn(model, step.sid) - step.behind
      const gatewayRevision = Number(model.sessions.get(step.sid)?.gatewayRevision ?? '1') + step.revision
      const held = { gateway: step.gateway, connectionEpoch, gatewayRevision }
      const answer = gatewaySet(model, step.sid, held, toHash(step.fields))
      expect(await scripts.gatewaySet(step.sid, held, step.fields)).toBe(answer)
      return
    }
    case 'detach': {
      const connectionEpoch = epochIn(model, step.sid) - step.behind
      const gatewayRevision = Number(model.sessions.get(step.sid)?.gatewayRevision ?? '1') + step.revision
      const given = { connectionEpoch, gatewayRevision, reason: 'lost', until: AT + number } as const
      const answer = detach(model, step.sid, given)
      expect(await scripts.detach(step.sid, given)).toBe(answer)
      return
    }
    case 'reconnect':
      return reconnect(model, step)
    case 'flush':
      return flushOnce(model, step, number)
    case 'wipe':
      wipe(model)
      await redis.flushdb()
  }
}

/** The same call with the same arguments once more: whatever it answers, it changes nothing. */
async function takeAgain(): Promise<void> {
  const before = await dump()
  for (const call of [...calls]) await call()
  expect(await dump()).toEqual(before)
}

function recording(inner: SessionScripts): SessionScripts {
  const remember =
    <A extends unknown[], R>(script: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      calls.push(() => script(...args))
      return script(...args)
    }
  return {
    acquire: remember(inner.acquire),
    register: remember(inner.register),
    gatewaySet: remember(inner.gatewaySet),
    detach: remember(inner.detach),
    flush: remember(inner.flush),
    lease: remember(inner.lease),
  }
}

/** What must never fall while the store is not wiped: epoch, offset, flushSequence; each session's own counters. */
function expectNoFall(before: Awaited<ReturnType<typeof dump>>, after: Awaited<ReturnType<typeof dump>>): void {
  for (const field of ['epoch', 'offset', 'flushSequence'])
    expect(Number(after.owner[field] ?? -1)).toBeGreaterThanOrEqual(Number(before.owner[field] ?? -1))
  for (const [sid, hash] of Object.entries(after.sessions)) {
    const old = before.sessions[sid]
    expect(Number(hash.connectionEpoch)).toBeGreaterThanOrEqual(Number(old?.connectionEpoch ?? 1))
    if (old?.connectionEpoch === hash.connectionEpoch)
      expect(Number(hash.gatewayRevision)).toBeGreaterThanOrEqual(Number(old?.gatewayRevision ?? 1))
    expect(Number(hash.serverRevision ?? 0)).toBeGreaterThanOrEqual(Number(old?.serverRevision ?? 0))
  }
  for (const sid of Object.keys(before.sessions)) if (!(sid in after.sessions)) expect(after.dead).toContain(sid)
  for (const sid of before.dead.filter((_, i) => i % 2 === 0)) {
    expect(after.dead).toContain(sid)
    expect(after.sessions[sid]).toBeUndefined()
  }
}

const GATEWAY_STEPS: readonly Step['do']['what'][] = ['gatewaySet', 'detach', 'register']
const SERVER_FIELDS = ['player', 'room', 'meta:color', 'meta:size', 'serverRevision']

test('keeps every promise of the scripts over random interleavings of two owners and two gateways', async () => {
  const walk = fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 40 }), async (steps) => {
    await redis.flushdb()
    const model = emptyModel()
    await acquire(model, { what: 'acquire', owner: 'server-1' })
    let before = await dump()
    for (const [number, step] of steps.entries()) {
      calls = []
      await take(model, step.do, number)
      const after = await dump()
      expect(after).toEqual(expected(model))
      if (step.do.what !== 'wipe') expectNoFall(before, after)
      if (GATEWAY_STEPS.includes(step.do.what)) {
        for (const [sid, hash] of Object.entries(before.sessions))
          for (const field of SERVER_FIELDS) expect(after.sessions[sid]?.[field]).toBe(hash[field])
      }
      if (step.again) await takeAgain()
      before = after
      count(step.do.what)
    }
  })
  const seed = Date.now() & 0x7fffffff
  process.stdout.write(`  scripts: seed ${seed}\n`)
  await fc.assert(walk, { numRuns: RUNS, seed })
  for (const what of ['acquire', 'register', 'gatewaySet', 'detach', 'reconnect', 'wipe'])
    expect(seen.get(what), what).toBeGreaterThan(RUNS / 10)
  for (const outcome of ['stored', 'fenced', 'repeated', 'rolled-back'])
    expect(seen.get(`flush ${outcome}`), outcome).toBeGreaterThan(RUNS / 20)
  for (const outcome of ['stored', 'not-as-seen', 'gone'])
    expect(seen.get(`rewrite ${outcome}`), outcome).toBeGreaterThan(0)
}, 120_000)
