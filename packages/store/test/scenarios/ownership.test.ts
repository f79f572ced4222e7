import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { partitionOf } from '../../src/contracts/index.ts'
import { keys } from '../../src/redis/keys.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

let world: ToyWorld
beforeAll(async () => {
  world = await startToyWorld()
}, 120_000)
afterAll(() => world.stop())
afterEach(() => world.endServers())

const storedNumber = async (sid: Parameters<ToyWorld['stored']>[0]): Promise<number> =>
  (await world.stored(sid))?.inputSequence ?? 0

describe('ownership of a partition', () => {
  it('moves to a second server and back without a line applied twice or a partition left paused (scenario 13, scenario 14)', async () => {
    const { gateway } = world
    const first = await world.server()
    await first.ready()
    const sessions = Array.from({ length: 40 }, (_, i) => gateway.connect(300 + i))
    let typed = 0
    const typeAll = async (): Promise<void> => {
      typed++
      for (const session of sessions) gateway.type(session, typed, `echo ${typed}`)
      for (const session of sessions) await gateway.hears(session, String(typed))
    }
    await typeAll()
    const second = await world.server()
    await typeAll()
    await Promise.all([first.ready(32), second.ready(32)])
    await typeAll()
    await first.stop()
    await typeAll()
    await second.ready(64)
    await typeAll()
    const expected = ['welcome', '1', '2', '3', '4', '5']
    for (const { heard } of sessions) expect(heard).toEqual(expected)
    const applied = [...first.applied, ...second.applied]
    expect(new Set(applied).size, 'planned moves replay nothing').toBe(applied.length)
  })

  it('is taken over from a killed server with everything that it had answered', async () => {
    const { gateway } = world
    const first = await world.server()
    await first.ready()
    const second = await world.server()
    await Promise.all([first.ready(32), second.ready(32)])
    const sessions = Array.from({ length: 20 }, (_, i) => gateway.connect(400 + i))
    for (const session of sessions) gateway.type(session, 1, 'echo before')
    for (const session of sessions) await gateway.hears(session, 'before')
    const killedAt = performance.now()
    await first.kill()
    for (const session of sessions) gateway.type(session, 2, 'echo after')
    for (const session of sessions) await gateway.hears(session, 'after')
    process.stdout.write(
      `takeover: answered by the other server after ${Math.round(performance.now() - killedAt)} ms\n`,
    )
    for (const { heard } of sessions) expect(heard).toEqual(['welcome', 'before', 'after'])
  })

  it('is lost by a stopped owner: what it still holds is refused when it wakes (scenario 6)', async () => {
    const { gateway, links } = world
    const zombie = await world.server(links[0])
    await zombie.ready()
    const session = gateway.connect(501)
    await gateway.hears(session, 'welcome')
    await waitUntil(async () => (await world.stored(session.sid))?.serverRevision, { what: 'the session stored' })
    links[0].redis.hold()
    gateway.type(session, 1, 'echo one')
    await gateway.hears(session, 'one')
    zombie.signal('SIGSTOP')
    const owner = await world.server(links[1])
    gateway.type(session, 2, 'echo two')
    gateway.type(session, 3, 'echo three')
    await gateway.hears(session, 'three')
    await waitUntil(async () => (await storedNumber(session.sid)) === 3, { what: 'the new owner has stored' })
    const fence = await world.redis.hget(keys.owner(partitionOf(session.sid)), 'epoch')
    links[0].kafka.hold() // it learns nothing: only the fence stands between its memory and the store
    await links[0].redis.cut()
    await links[0].redis.restore()
    zombie.signal('SIGCONT')
    await waitUntil(async () => (await zombie.status()).dirty > 0, {
      what: 'the woken one still has something to store',
    })
    await expect(
      waitUntil(async () => (await storedNumber(session.sid)) !== 3, { timeoutMs: 3_000, what: 'an old write' }),
    ).rejects.toThrow('not within')
    expect(await world.redis.hget(keys.owner(partitionOf(session.sid)), 'epoch')).toBe(fence)
    expect(await world.redis.hget(keys.owner(partitionOf(session.sid)), 'owner')).toBe(owner.incarnation)
    await zombie.kill()
    await links[0].kafka.restore()
    expect(session.heard).toEqual(['welcome', 'one', 'two', 'three'])
  })
})

describe('a store that was wiped', () => {
  it('is whole again from its owners, alive', async () => {
    const { gateway } = world
    const server = await world.server()
    await server.ready()
    const sessions = Array.from({ length: 10 }, (_, i) => gateway.connect(600 + i))
    for (const session of sessions) gateway.type(session, 1, 'echo here')
    for (const session of sessions) await gateway.hears(session, 'here')
    await world.redis.flushall()
    for (const { sid } of sessions) {
      await waitUntil(async () => (await storedNumber(sid)) === 1, {
        timeoutMs: 10_000,
        what: 'a session stored again',
      })
    }
  })

  it('is rebuilt from what was published when its owners died with it', async () => {
    const { gateway } = world
    const server = await world.server()
    await server.ready()
    const sessions = Array.from({ length: 10 }, (_, i) => gateway.connect(700 + i))
    for (const session of sessions) gateway.type(session, 1, 'echo here')
    for (const session of sessions) await gateway.hears(session, 'here')
    await server.kill()
    await world.redis.flushall()
    const next = await world.server()
    for (const session of sessions) gateway.type(session, 2, 'echo again')
    for (const session of sessions) await gateway.hears(session, 'again')
    await next.ready()
    for (const { sid, heard } of sessions) {
      await waitUntil(async () => (await storedNumber(sid)) === 2, {
        timeoutMs: 10_000,
        what: 'a session stored again',
      })
      expect(heard).toEqual(['welcome', 'here', 'again'])
    }
  })
})
