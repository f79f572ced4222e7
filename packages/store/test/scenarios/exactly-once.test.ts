import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ToyServer } from './toy-driver.ts'
import type { ToySession } from './toy-gateway.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

/** Named regression scenarios of the state layer: real Redis and Kafka, servers that are really killed. */

let world: ToyWorld
beforeAll(async () => {
  world = await startToyWorld()
}, 120_000)
afterAll(() => world.stop())
afterEach(() => world.endServers())

const storedNumber = async (sid: Parameters<ToyWorld['stored']>[0]): Promise<number> =>
  (await world.stored(sid))?.inputSequence ?? 0
/** The numbers of a session's lines that a server's game was given, in order. */
const appliedOf = ({ applied }: ToyServer, { sid }: ToySession): number[] =>
  applied.filter((entry) => entry.startsWith(`${sid}/`)).map((entry) => Number(entry.slice(sid.length + 1)))
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('a session of the log', () => {
  it('keeps its player when it is established again after the login and before the next start (scenario 1)', async () => {
    const { gateway } = world
    const before = await world.server()
    const session = gateway.connect(101)
    before.release()
    gateway.type(session, 1, 'bind #5')
    await gateway.hears(session, 'bound #5 stored')
    await before.kill()
    gateway.send(session.established)
    gateway.type(session, 2, 'echo still here')
    const after = await world.server()
    await gateway.hears(session, 'still here')
    await after.ready()
    expect(session.heard).toEqual(['welcome', 'bound #5 stored', 'still here'])
    await waitUntil(async () => (await storedNumber(session.sid)) === 2, { what: 'the second input stored' })
    expect(await world.stored(session.sid)).toMatchObject({ player: '#5', loginState: 'loggedIn' })
  })

  it('never comes back when it was closed before the snapshot (scenario 2)', async () => {
    const { gateway } = world
    const before = await world.server()
    const session = gateway.connect(102)
    await gateway.hears(session, 'welcome')
    await waitUntil(async () => (await world.stored(session.sid))?.serverRevision, { what: 'the session stored' })
    await before.kill()
    gateway.close(session)
    const after = await world.server()
    await after.ready()
    await waitUntil(async () => (await world.stored(session.sid)) === null, { what: 'the session deleted' })
    gateway.send(session.established) // late, by a producer's repeat
    gateway.type(session, 1, 'say boo')
    const witness = gateway.connect(103)
    gateway.type(witness, 1, 'say after that')
    await gateway.hears(witness, '103: after that')
    await after.stop() // stores all that it holds
    expect(await world.stored(session.sid)).toBeNull()
    expect(witness.heard).not.toContain('102: boo')
    expect(session.heard).toEqual(['welcome'])
  })

  it('is the same after every record came twice and the repeats in any order', async () => {
    const { gateway } = world
    const server = await world.server()
    const sessions = [201, 202, 203].map((handle) => gateway.connect(handle))
    const sent = sessions.map(({ established }) => established)
    for (const n of numbers(1, 30)) {
      for (const session of sessions) sent.push(gateway.type(session, n, `say ${n}`))
      if (n % 3 === 0) for (const event of [...sent].sort(() => Math.random() - 0.5).slice(0, 20)) gateway.send(event)
    }
    for (const event of [...sent].sort(() => Math.random() - 0.5)) gateway.send(event)
    for (const session of sessions) gateway.type(session, 31, 'echo end')
    for (const session of sessions) await gateway.hears(session, 'end')
    for (const { heard, fields } of sessions) {
      const own = heard.filter((text) => text.startsWith(`${fields.handle}:`))
      expect(own).toEqual(numbers(1, 30).map((n) => `${fields.handle}: ${n}`))
    }
    for (const session of sessions) expect(appliedOf(server, session)).toEqual(numbers(1, 31))
    for (const { sid } of sessions)
      await waitUntil(async () => (await storedNumber(sid)) === 31, { what: 'all stored' })
  })
})

describe('a line', () => {
  it('is applied once though its number comes twice', async () => {
    const { gateway } = world
    const server = await world.server()
    const session = gateway.connect(111)
    gateway.type(session, 1, 'echo one')
    gateway.type(session, 1, 'echo one')
    gateway.type(session, 2, 'echo two')
    await gateway.hears(session, 'two')
    expect(session.heard).toEqual(['welcome', 'one', 'two'])
    expect(appliedOf(server, session)).toEqual([1, 2])
  })

  it('is heard once when the server is killed between output and flush (scenario 19)', async () => {
    const { gateway, links } = world
    const server = await world.server(links[0])
    const session = gateway.connect(121)
    await gateway.hears(session, 'welcome')
    await waitUntil(async () => (await world.stored(session.sid))?.serverRevision, { what: 'the session stored' })
    await links[0].redis.cut() // what is applied from here on is not stored
    gateway.type(session, 1, 'echo once')
    await gateway.hears(session, 'once')
    expect(await storedNumber(session.sid)).toBe(0)
    await server.kill()
    await links[0].redis.restore()
    const next = await world.server()
    gateway.type(session, 2, 'echo twice')
    await gateway.hears(session, 'twice')
    expect(appliedOf(next, session)).toEqual([1, 2])
    expect(session.heard).toEqual(['welcome', 'once', 'twice'])
  })

  it('is heard once when the server is killed before its output is in Kafka: it does not count as done (scenario 19)', async () => {
    const { gateway, links } = world
    const server = await world.server(links[0])
    const session = gateway.connect(122)
    await gateway.hears(session, 'welcome')
    await waitUntil(async () => (await world.stored(session.sid))?.serverRevision, { what: 'the session stored' })
    gateway.type(session, 1, 'hold once')
    await server.reached('holding')
    links[0].kafka.hold() // its outputs from here on reach nobody
    server.release()
    await waitUntil(
      async () => (await server.status()).sessions.find(({ sid }) => sid === session.sid)?.inputSequence === 1,
      { what: 'the line applied in memory' },
    )
    // Time for many flushes: each must wait for the output.
    const { dirty } = await server.status()
    expect(dirty).toBeGreaterThan(0)
    await expect(
      waitUntil(async () => (await storedNumber(session.sid)) === 1, { timeoutMs: 1_000, what: 'a wrong flush' }),
    ).rejects.toThrow('not within')
    await server.kill()
    await links[0].kafka.restore()
    const next = await world.server()
    next.release()
    await gateway.hears(session, '122: once')
    expect(session.heard).toEqual(['welcome', '122: once'])
  })

  it('is not held up by a poison one before it, which becomes a dead letter (scenario 15)', async () => {
    const { gateway } = world
    const server = await world.server()
    const session = gateway.connect(131)
    gateway.type(session, 1, 'poison')
    gateway.type(session, 2, 'echo alive')
    await gateway.hears(session, 'alive')
    expect(session.heard[1]).toMatch(/Something went wrong/)
    expect(appliedOf(server, session)).toEqual([1, 1, 2])
  })

  it('that is typed while an answer is worked on waits for it, over a kill of the server', async () => {
    const { gateway } = world
    const server = await world.server()
    const session = gateway.connect(141)
    gateway.type(session, 1, 'ask the oracle')
    gateway.type(session, 2, 'echo second')
    gateway.type(session, 3, 'echo third')
    await server.reached('working')
    await waitUntil(async () => (await storedNumber(session.sid)) === 3, { what: 'the parked lines stored' })
    expect(session.heard).toEqual(['welcome'])
    await server.kill()
    const next = await world.server()
    next.release()
    await gateway.hears(session, 'third')
    expect(session.heard).toEqual(['welcome', 'the oracle', 'second', 'third'])
  })

  it('survives cuts of the link to Kafka with many on their way: none lost, none doubled (scenario 11)', async () => {
    const { gateway, links } = world
    const server = await world.server(links[0])
    server.release() // a line that an earlier test held may be replayed
    await server.ready()
    const session = gateway.connect(151)
    await gateway.hears(session, 'welcome')
    for (const n of numbers(1, 400)) {
      gateway.type(session, n, `echo ${n}`)
      if (n % 80 !== 0) continue
      await gateway.settled()
      await links[0].kafka.cut() // answers to what is in flight are lost
      await links[0].kafka.restore()
    }
    await gateway.hears(session, '400')
    expect(session.heard).toEqual(['welcome', ...numbers(1, 400).map(String)])
  })
})

describe('a login', () => {
  it('gets one answer and is stored when the server is killed while it is worked on (scenario 20)', async () => {
    const { gateway } = world
    const server = await world.server()
    const session = gateway.connect(161)
    gateway.type(session, 1, 'bind #7')
    await server.reached('working')
    await server.kill()
    const next = await world.server()
    next.release()
    await gateway.hears(session, 'bound #7 stored')
    expect(await world.stored(session.sid)).toMatchObject({ player: '#7', loginState: 'loggedIn' })
    gateway.type(session, 2, 'echo after')
    await gateway.hears(session, 'after')
    expect(session.heard).toEqual(['welcome', 'bound #7 stored', 'after'])
  })

  it('is told as not stored when Redis is away, and is stored afterwards', async () => {
    const { gateway, links } = world
    const server = await world.server(links[0])
    const session = gateway.connect(162)
    server.release()
    await gateway.hears(session, 'welcome')
    links[0].redis.hold()
    const before = performance.now()
    gateway.type(session, 1, 'bind #8')
    await gateway.hears(session, 'bound #8 unavailable')
    expect(performance.now() - before).toBeLessThan(2_500)
    gateway.type(session, 2, 'echo meanwhile')
    await gateway.hears(session, 'meanwhile')
    await links[0].redis.restore()
    await waitUntil(async () => (await world.stored(session.sid))?.player === '#8', {
      timeoutMs: 10_000,
      what: 'the binding stored',
    })
  })
})
