import { waitUntil } from '@holdfast/runtime/testing'
import { ulid } from 'ulid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSid, type Finding, partitionOf, type Sid } from '../../src/contracts/index.ts'
import { keys } from '../../src/redis/keys.ts'
import { startToyConsole, type ToyConsole } from './toy-console.ts'
import type { ToyServer } from './toy-driver.ts'
import type { ToySession } from './toy-gateway.ts'
import { startToyHolder, type ToyHolder } from './toy-holder.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

let world: ToyWorld
let server: ToyServer
let holder: ToyHolder
let console: ToyConsole
let handle = 1_000
beforeAll(async () => {
  world = await startToyWorld()
  const { KAFKA_BROKERS: brokers, REDIS_URL: redisUrl } = world.services.env
  holder = await startToyHolder({ brokers, redisUrl }, world.gateway)
  console = await startToyConsole(brokers)
  server = await world.server()
  await server.ready()
}, 120_000)
afterAll(async () => {
  await console.stop()
  await holder.stop()
  await world.stop()
})

const keyOf = (sid: Sid): string => keys.session(sid)
const versionsOf = (sid: Sid): string => keys.versions(partitionOf(sid))

/** A connected session that all three copies have. */
async function play(): Promise<ToySession> {
  const session = world.gateway.connect(++handle)
  holder.hold(session)
  world.gateway.type(session, 1, 'echo hello')
  await world.gateway.hears(session, 'hello')
  await waitUntil(async () => (await world.stored(session.sid))?.inputSequence === 1, { what: 'a stored session' })
  return session
}

const fieldOf = ({ fields }: Finding, name: string) => fields.find((field) => field.name === name)

describe('a fault of one copy is seen within 15 s, as what it is', () => {
  it.concurrent("a server's field changed by hand in Redis: content, shown with both values, and left alone", async () => {
    const { sid } = await play()
    await world.redis.hset(keyOf(sid), 'room', '#666')
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'drifted', cause: 'content', policy: 'show', missingIn: [] })
    expect(finding.fields).toEqual([
      { name: 'room', owner: 'server', state: 'drifted', values: { server: '', redis: '#666' } },
    ])
    expect(await world.redis.hget(keyOf(sid), 'room')).toBe('#666')
    await world.redis.hdel(keyOf(sid), 'room')
    expect(await console.heals(sid)).toMatchObject({ id: `h:${sid}:${finding.since}`, detail: { how: 'itself' } })
  })

  it.concurrent("a gateway's field changed by hand in Redis: content, with the values of all three", async () => {
    const { sid } = await play()
    await world.redis.hset(keyOf(sid), 'host', 'elsewhere.example')
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'drifted', cause: 'content', policy: 'show' })
    expect(fieldOf(finding, 'host')?.values).toEqual({
      gateway: '127.0.0.1',
      server: '127.0.0.1',
      redis: 'elsewhere.example',
    })
  })

  it.concurrent('a stale status: skewed, and shown', async () => {
    const { sid } = await play()
    await world.redis.hset(keyOf(sid), 'status', 'detached')
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'drifted', cause: 'status-skew', policy: 'show' })
    expect(fieldOf(finding, 'status')?.values).toEqual({ gateway: 'connected', server: 'connected', redis: 'detached' })
  })

  it.concurrent('a deleted hash: missing, and written again', async () => {
    const { sid } = await play()
    const before = await world.redis.hgetall(keyOf(sid))
    await world.redis.del(keyOf(sid))
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'missing', cause: 'missing', missingIn: ['redis'], policy: 'repair' })
    expect(fieldOf(finding, 'commandCount')?.values).toEqual({ server: '1', redis: '' })
    expect(await console.heals(sid)).toMatchObject({ detail: { how: 'repair', since: finding.since } })
    expect(await world.redis.hgetall(keyOf(sid))).toEqual(before)
    await waitUntil(() => console.audited.some((record) => record.kind === 'repair' && record.sid === sid), {
      what: 'the repair in the audit',
    })
  })

  it.concurrent('a deleted entry of the index: missing, for a takeover would not find it, and written again', async () => {
    const { sid } = await play()
    await world.redis.hdel(versionsOf(sid), sid)
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'missing', cause: 'missing', missingIn: ['redis'] })
    expect(finding.fields).toEqual([
      { name: 'versions', owner: 'server', state: 'missing', values: { server: '1.1.2', redis: '' } },
    ])
    await console.heals(sid)
    expect(await world.redis.hget(versionsOf(sid), sid)).toBe('1.1.2')
  })

  it.concurrent('a session rolled back: both sides write their fields again', async () => {
    const session = await play()
    const { sid } = session
    const [hash, version] = [await world.redis.hgetall(keyOf(sid)), await world.redis.hget(versionsOf(sid), sid)]
    world.gateway.type(session, 2, 'echo again')
    await world.gateway.hears(session, 'again')
    await waitUntil(async () => (await world.stored(sid))?.inputSequence === 2, { what: 'the second line stored' })
    await world.redis
      .multi()
      .del(keyOf(sid))
      .hset(keyOf(sid), hash)
      .hset(versionsOf(sid), sid, version ?? '')
      .exec()
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'drifted', cause: 'rolled-back', policy: 'repair' })
    expect(fieldOf(finding, 'inputSequence')?.values).toEqual({ server: '2', redis: '1' })
    await console.heals(sid)
    expect(await world.stored(sid)).toMatchObject({ inputSequence: 2, commandCount: 2 })
  })

  it.concurrent("a gateway's revision taken away: its gateway is ordered to write its fields again", async () => {
    const { sid } = await play()
    await world.redis.hdel(keyOf(sid), 'gatewayRevision')
    await world.redis.hset(keyOf(sid), 'width', '20')
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'drifted', cause: 'rolled-back' })
    await console.heals(sid)
    expect(holder.orders).toContain(`refresh ${sid}`)
    expect(await world.redis.hmget(keyOf(sid), 'gatewayRevision', 'width')).toEqual(['2', null])
  })

  it.concurrent('a connectionEpoch taken away: no script takes it for a record any more, and its owner writes it whole', async () => {
    const { sid } = await play()
    const before = await world.redis.hgetall(keyOf(sid))
    await world.redis.hdel(keyOf(sid), 'connectionEpoch')
    expect(await console.finds(sid)).toMatchObject({ state: 'drifted', cause: 'rolled-back' })
    await console.heals(sid)
    expect(await world.redis.hgetall(keyOf(sid))).toEqual(before)
  })

  it.concurrent("only the server's memory altered: drifted, its value beside the others", async () => {
    const { sid } = await play()
    server.alter(sid, { commandCount: 99 })
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'drifted', cause: 'content', policy: 'show' })
    expect(fieldOf(finding, 'commandCount')?.values).toEqual({ server: '99', redis: '1' })
  })
})

describe('a ghost, which no owner and no gateway knows', () => {
  const isGone = (sid: Sid) => async () =>
    (await world.redis.exists(keyOf(sid))) === 0 &&
    (await world.redis.zscore(keys.dead(partitionOf(sid)), sid)) !== null

  it.concurrent('a copy of another session under a name of its own is found, deleted and tombstoned', async () => {
    const session = await play()
    const sid = createSid(ulid())
    await world.redis.hset(keyOf(sid), await world.redis.hgetall(keyOf(session.sid)))
    await world.redis.hset(versionsOf(sid), sid, '1.1.2')
    const finding = await console.finds(sid)
    expect(finding).toMatchObject({ state: 'ghost', cause: 'ghost', policy: 'repair', handle: session.fields.handle })
    expect(fieldOf(finding, 'commandCount')?.values).toEqual({ server: '', redis: '1' })
    await console.heals(sid)
    expect(await isGone(sid)()).toBe(true)
    expect(await world.stored(session.sid)).not.toBeNull()
  })

  it.concurrent('a hash of a few fields, in no index, is found too', async () => {
    const sid = createSid(ulid())
    await world.redis.hset(keyOf(sid), 'player', '#1')
    expect(await console.finds(sid)).toMatchObject({ state: 'ghost', cause: 'ghost', handle: 0 })
    await console.heals(sid)
    expect(await isGone(sid)()).toBe(true)
  })
})
