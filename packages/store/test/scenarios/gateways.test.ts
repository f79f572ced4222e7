import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { partitionOf, type SessionRecord } from '../../src/contracts/index.ts'
import { createSessionScripts } from '../../src/index.ts'
import { keys } from '../../src/redis/keys.ts'
import type { ToyServer } from './toy-driver.ts'
import type { ToyGateway, ToySession } from './toy-gateway.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

/** What owners do about gateways that lose events, die, or only seem to; the gateways are the test's own. */

const GRACE_MS = 4_000
/** Lease and sweep; the lease is taken away by hand here. */
const ORPHANED_MS = 7_000

let world: ToyWorld
let server: ToyServer
let handles = 5_000
let gateways = 0
beforeAll(async () => {
  world = await startToyWorld({ graceMs: GRACE_MS })
  world.gateway.life.answerAll()
}, 120_000)
afterAll(() => world.stop())
afterEach(() => world.endServers())

async function startServer(link?: ToyWorld['links'][number]): Promise<void> {
  server = await world.server(link)
  await server.ready()
}

async function connect(gateway: ToyGateway): Promise<ToySession> {
  const session = gateway.connect(++handles)
  await gateway.hears(session, 'welcome')
  return session
}

const known = async ({ sid }: ToySession): Promise<SessionRecord | undefined> =>
  (await server.status()).sessions.find((each) => each.sid === sid)

/** A gateway with a lease, as far as Redis is concerned. */
async function gatewayWithLease(): Promise<ToyGateway> {
  const slot = 20 + ++gateways
  const gateway = await world.gatewayAt(`toy-gateway-${slot}`, slot)
  await world.redis.set(keys.gatewayLease(slot), gateway.name)
  return gateway
}

const untilDetached = (session: ToySession, timeoutMs = ORPHANED_MS) =>
  waitUntil(async () => (await world.stored(session.sid))?.status === 'detached', { what: 'detached', timeoutMs })

const untilGone = (session: ToySession, timeoutMs = GRACE_MS + 10_000) =>
  waitUntil(async () => !(await world.stored(session.sid)) && !(await known(session)), { what: 'gone', timeoutMs })

describe('a gateway and an owner that differ', () => {
  it('agree again when the end of a session was lost: the owner ends it', async () => {
    await startServer()
    const { gateway } = world
    const [stays, lost] = [await connect(gateway), await connect(gateway)]
    gateway.hold(lost, false)
    gateway.life.tell('digest', partitionOf(lost.sid))
    await untilGone(lost)
    expect(await world.redis.zscore(keys.dead(partitionOf(lost.sid)), lost.sid)).not.toBeNull()
    expect(await known(stays)).toMatchObject({ status: 'connected' })
    gateway.close(stays)
  })

  it('agree again when the beginning was lost: the gateway is told to introduce it', async () => {
    await startServer()
    const { gateway } = world
    const session = gateway.connectUnheard(++handles)
    gateway.life.tell('digest', partitionOf(session.sid))
    await waitUntil(
      () => gateway.life.orders.some(({ what, sids }) => what === 'introduce' && sids.includes(session.sid)),
      {
        what: 'the order',
      },
    )
    gateway.send(session.established)
    await gateway.hears(session, 'welcome')
    gateway.type(session, 1, 'echo hello')
    await gateway.hears(session, 'hello')
    gateway.close(session)
  })

  it('agree again when the session has ended: the socket is closed', async () => {
    await startServer()
    const { gateway } = world
    const session = await connect(gateway)
    gateway.close(session)
    await untilGone(session)
    gateway.hold(session, true)
    gateway.life.tell('digest', partitionOf(session.sid))
    await waitUntil(() => session.closed.includes('lease-lost'), { what: 'the close' })
    gateway.hold(session, false)
  })

  it('are compared in all partitions after a takeover, by one question', async () => {
    await startServer()
    const { gateway } = world
    const [lost, stays] = [await connect(gateway), await connect(gateway)]
    await server.kill()
    gateway.hold(lost, false)
    const before = gateway.life.asks.length
    await startServer()
    await waitUntil(() => gateway.life.asks.slice(before).some(({ partitions }) => partitions.length > 30), {
      what: 'the question',
    })
    await untilGone(lost)
    expect(await known(stays)).toMatchObject({ status: 'connected' })
    gateway.close(stays)
  })
})

describe('a gateway that dies', () => {
  it('leaves its sessions detached everywhere until their time is over, whatever it still writes (scenario 7)', async () => {
    await startServer()
    const gateway = await gatewayWithLease()
    const [session, other] = [await connect(gateway), await connect(world.gateway)]
    gateway.life.fallSilent()
    await world.gateway.life.untilBeats(server.incarnation, 6)
    expect(await world.stored(session.sid), 'silent, but it holds its slot').toMatchObject({ status: 'connected' })

    await world.redis.del(keys.gatewayLease(gateway.slot))
    await untilDetached(session)
    await waitUntil(async () => (await known(session))?.status === 'detached', { what: 'memory' })
    const [stored, memory] = [await world.stored(session.sid), await known(session)]
    expect(stored).toMatchObject({ status: 'detached', closeReason: 'lost', gatewayRevision: 2 })
    expect(memory).toMatchObject({ closeReason: 'lost', gatewayRevision: 2, detachedUntil: stored?.detachedUntil })
    expect(await world.redis.hget(keys.versions(partitionOf(session.sid)), session.sid)).toBe(
      `1.2.${stored?.serverRevision}`,
    )

    // It was only frozen: what it writes now is refused, and it is told to let the socket go.
    const late = { gateway: gateway.name, connectionEpoch: 1, gatewayRevision: 9 }
    const scripts = createSessionScripts(world.redis)
    expect(await scripts.gatewaySet(session.sid, late, { status: 'connected', width: 80 })).toBe('fenced')
    await waitUntil(() => session.closed.includes('lease-lost'), { what: 'the word to its socket' })

    await untilGone(session)
    expect(await known(other)).toMatchObject({ status: 'connected' })
    world.gateway.close(other)
  })

  it('while the only server is away has its sessions detached and ended by the next one', async () => {
    await startServer()
    const gateway = await gatewayWithLease()
    const session = await connect(gateway)
    await Promise.all([server.kill(), world.redis.del(keys.gatewayLease(gateway.slot))])
    gateway.life.fallSilent()
    await startServer()
    await untilDetached(session, 15_000)
    await untilGone(session)
  })
})

describe('no session is orphaned', () => {
  it('when all leases vanish (scenario 8)', async () => {
    await startServer()
    const gateway = await gatewayWithLease()
    const sessions = [await connect(gateway), await connect(world.gateway)]
    for (const key of await world.redis.keys('hf:gateway:*')) await world.redis.del(key)
    await world.gateway.life.untilBeats(server.incarnation, 10)
    for (const session of sessions) expect(await world.stored(session.sid)).toMatchObject({ status: 'connected' })
    gateway.close(sessions[0] ?? (await connect(gateway)))
  })

  it('when server and gateway were cut from Kafka together, and the lease ran out meanwhile', async () => {
    const [link] = world.links
    await startServer(link)
    const gateway = await gatewayWithLease()
    const session = await connect(gateway)
    await world.gateway.life.untilBeats(server.incarnation, 2)
    await link.kafka.cut()
    gateway.life.fallSilent()
    await world.redis.del(keys.gatewayLease(gateway.slot))
    await world.gateway.life.untilBeats(world.gateway.name, 8)
    await link.kafka.restore() // the server is the first that finds its way back
    await world.gateway.life.untilBeats(server.incarnation, 2)
    gateway.life.wake()
    await world.gateway.life.untilBeats(server.incarnation, 6)
    expect(await world.stored(session.sid)).toMatchObject({ status: 'connected' })
    expect(await known(session)).toMatchObject({ status: 'connected' })
  })
})
