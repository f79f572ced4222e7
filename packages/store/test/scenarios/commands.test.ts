import { randomUUID } from 'node:crypto'
import { waitUntil } from '@holdfast/runtime/testing'
import { ulid } from 'ulid'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type AuditRecordOf,
  createSid,
  partitionOf,
  type SessionEvent,
  type Sid,
  TARGETS_MAX,
} from '../../src/contracts/index.ts'
import { keys } from '../../src/redis/keys.ts'
import type { ToyServer } from './toy-driver.ts'
import type { ToySession } from './toy-gateway.ts'
import { startToyHolder, type ToyHolder } from './toy-holder.ts'
import { MARA, openToyConsole, readAudit, type ToyConsole } from './toy-orders.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

/** A wizard's commands, over real Redis and Kafka and servers that are really killed. */

let world: ToyWorld
let holder: ToyHolder
let consoles: ToyConsole[] = []
beforeAll(async () => {
  world = await startToyWorld()
  const { KAFKA_BROKERS: brokers, REDIS_URL: redisUrl } = world.services.env
  holder = await startToyHolder({ brokers, redisUrl }, world.gateway)
}, 120_000)
afterAll(async () => {
  await holder.stop()
  await world.stop()
})
afterEach(async () => {
  await Promise.all(consoles.map((each) => each.close()))
  consoles = []
  await world.endServers()
})

async function openConsole(env = world.services.env): Promise<ToyConsole> {
  const opened = await openToyConsole(env)
  consoles.push(opened)
  return opened
}

/** A logged-in session that the console knows and all copies agree on. */
async function settle(handle: number, { console }: ToyConsole, server: ToyServer): Promise<ToySession> {
  const session = world.gateway.connect(handle)
  holder.hold(session)
  server.release()
  world.gateway.type(session, 1, 'bind #5')
  await world.gateway.hears(session, 'bound #5 stored')
  await agrees(session, console)
  return session
}

async function agrees({ sid }: ToySession, console: ToyConsole['console']): Promise<void> {
  await waitUntil(() => console.session(sid)?.session.state === 'in-sync', {
    timeoutMs: 15_000,
    what: 'copies that agree',
  })
}

type Given = Parameters<ToyConsole['submit']>[0]
type Request = Given & { id: string }

const versionOf = (sid: Sid, { console }: ToyConsole): string => console.session(sid)?.session.version ?? 'unknown'
const edit = (sid: Sid, field: string, value: string) => world.redis.hset(keys.session(sid), field, value)
const inRedis = async (sid: Sid, field: string) => world.redis.hget(keys.session(sid), field)

async function resultsOf(commandId: string): Promise<AuditRecordOf<'result'>[]> {
  const all = await readAudit(world.services.env.KAFKA_BROKERS)
  return all.flatMap((record) => (record.kind === 'result' && record.commandId === commandId ? [record] : []))
}

/** The order's record, as a console sends it. */
const orderRecord = (sid: Sid, commandId: string): SessionEvent => ({
  v: 1,
  id: `${commandId}:${sid}`,
  at: Date.now(),
  from: 'console',
  type: 'command',
  sid,
  connectionEpoch: 0,
  command: {
    kind: 'wizard',
    order: { commandId, type: 'message', text: 'once', by: MARA, side: null, expect: null, reason: 'a test' },
  },
})

describe('a disconnect', () => {
  it('says goodbye, closes, ends the session everywhere, and is verified then', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(301, toy, server)
    const { sid } = session
    const command = await toy.carryOut({ type: 'disconnect', target: { sids: [sid] }, text: 'Out you go.' }, 'verified')
    expect(command).toMatchObject({ by: 'Mara', results: [{ sid, outcome: 'done' }] })
    expect(session.heard.at(-1)).toBe('Out you go.')
    expect(holder.knows(sid)).toBeUndefined()
    expect(await world.stored(sid)).toBeNull()
    const shown = toy.console
      .events({})
      .items.flatMap((item) => (item.kind === 'event' && item.sid === sid ? [item] : []))
    expect(shown.map(({ type }) => type).sort()).toEqual(['connection.closed', 'connection.opened'])
  })

  it('finds a session gone that has ended, and one that never was, and calls that no error', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(302, toy, server)
    world.gateway.close(session)
    await waitUntil(async () => (await world.stored(session.sid)) === null, { what: 'the end stored' })
    const command = await toy.carryOut({ type: 'disconnect', target: { sids: [session.sid] } }, 'verified')
    expect(command.results).toEqual([{ sid: session.sid, outcome: 'gone' }])
  })
})

describe('a command', () => {
  it('has one effect and one result though it is given twice, and its record comes twice', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(311, toy, server)
    const { sid } = session
    const request: Request = { id: randomUUID(), type: 'message', text: 'once', target: { sids: [sid] } }
    const [first, second] = await Promise.all([toy.submit(request), toy.submit(request)])
    expect([first.kind, second.kind]).toEqual(['accepted', 'known'])
    await toy.reaches(request.id, 'applied')
    for (let again = 0; again < 3; again++) world.gateway.send(orderRecord(sid, request.id))
    world.gateway.type(session, 2, 'echo after')
    await world.gateway.hears(session, 'after')
    expect(session.heard.filter((text) => text === 'Mara: once')).toHaveLength(1)
    expect(await resultsOf(request.id)).toMatchObject([{ id: `${request.id}:${sid}`, outcome: 'done' }])
    expect(await toy.submit({ ...request, text: 'twice' })).toMatchObject({ kind: 'conflict' })
  })

  it('takes ten thousand sessions at once, each as it was seen, and hears of each', async () => {
    const server = await world.server()
    await server.ready()
    const toy = await openConsole()
    const sids = Array.from({ length: TARGETS_MAX }, () => createSid(ulid()))
    const expected = Object.fromEntries(sids.map((sid) => [sid, '1.2345.678901']))
    const request: Request = { id: randomUUID(), type: 'message', text: 'x', target: { sids }, expect: expected }
    const givenAt = performance.now()
    expect(await toy.submit(request)).toMatchObject({ kind: 'accepted' })
    const takenMs = Math.round(performance.now() - givenAt)
    const { results } = await toy.reaches(request.id, 'applied')
    process.stdout.write(`taken after ${takenMs} ms, applied after ${Math.round(performance.now() - givenAt)} ms\n`)
    expect(results).toHaveLength(TARGETS_MAX)
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['gone']))
  })

  it('of many is stopped from another console: what is done stays done, the rest is cancelled, the audit says by whom', async () => {
    const server = await world.server()
    await server.ready()
    const [giving, stopping] = [await openConsole(), await openConsole()]
    const eve = { name: 'Eve', dbref: '#7' }
    const sids = Array.from({ length: 2_000 }, () => createSid(ulid()))
    const request: Request = { id: randomUUID(), type: 'disconnect', target: { sids } }
    expect(await giving.submit(request)).toMatchObject({ kind: 'accepted' })
    const ended = (): number => stopping.console.commands.get(request.id)?.progress?.ended ?? 0
    await waitUntil(() => ended() > 0, { timeoutMs: 25_000, what: 'some that are done' })
    expect(await stopping.console.commands.stop(request.id, eve)).toMatchObject({ kind: 'accepted' })
    // Every session has its result a moment before the end is written down, and read back.
    const { results } = await waitUntil(
      () => {
        const command = giving.console.commands.get(request.id)
        return command?.detail === 'stopped by Eve (#7)' ? command : null
      },
      { timeoutMs: 25_000, what: 'the end of what was stopped' },
    )
    const skipped = results.filter(({ outcome }) => outcome === 'skipped')
    expect(skipped.length).toBeGreaterThan(0)
    expect(new Set(skipped.map((result) => result.detail))).toEqual(new Set(['cancelled: stopped by Eve (#7)']))
    expect(results.filter(({ outcome }) => outcome === 'gone')).toHaveLength(sids.length - skipped.length)
    await stopping.reaches(request.id, 'applied')
    const audited = await readAudit(world.services.env.KAFKA_BROKERS)
    expect(audited.filter((each) => each.kind === 'stop')).toMatchObject([{ commandId: request.id, by: eve }])
  })

  it('is known to a console that was started after it', async () => {
    const server = await world.server()
    const before = await openConsole()
    const { sid } = await settle(312, before, server)
    const request: Request = { id: randomUUID(), type: 'message', text: 'x', target: { sids: [sid] } }
    await before.submit(request)
    await before.reaches(request.id, 'applied')
    await before.close()
    const after = await openConsole()
    await after.reaches(request.id, 'applied')
    expect(await after.submit(request)).toMatchObject({ kind: 'known', command: { state: 'applied' } })
    expect(after.console.commands.audit({ cursor: null, limit: 1 })?.items).toMatchObject([
      { who: 'Mara (#1)', action: 'Message', scope: `1 session: ${sid}`, reason: 'a test', result: 'applied: done' },
    ])
  })

  it('has one effect though the server is killed as soon as its result is known', async () => {
    const toy = await openConsole()
    for (const round of [0, 1, 2]) {
      const server = await world.server()
      await server.ready()
      const session = await settle(320 + round, toy, server)
      const { sid } = session
      await edit(sid, 'room', '#666')
      const message: Request = { id: randomUUID(), type: 'message', text: `round ${round}`, target: { sids: [sid] } }
      const reconcile: Request = { id: randomUUID(), type: 'reconcile', truth: 'owner', target: { sids: [sid] } }
      await Promise.all([toy.submit(message), toy.submit(reconcile)])
      await waitUntil(() => toy.console.commands.get(reconcile.id)?.results.length, { what: 'the result' })
      await server.kill()
      const next = await world.server()
      await toy.reaches(reconcile.id, 'verified')
      expect(await inRedis(sid, 'room')).toBe('#0')
      const disconnect: Request = { id: randomUUID(), type: 'disconnect', target: { sids: [sid] }, text: 'Bye.' }
      await toy.submit(disconnect)
      await waitUntil(() => toy.console.commands.get(disconnect.id)?.results.length === 1, { what: 'a result' })
      await next.kill()
      await world.server()
      await toy.reaches(disconnect.id, 'verified')
      expect(session.heard.filter((text) => text === `Mara: round ${round}`)).toHaveLength(1)
      expect(session.heard.filter((text) => text === 'Bye.')).toHaveLength(1)
      for (const { id } of [message, reconcile, disconnect]) {
        expect(toy.console.commands.get(id)?.results).toMatchObject([{ sid, outcome: 'done' }])
        expect(new Set((await resultsOf(id)).map((result) => result.id)).size).toBe(1)
      }
      await world.endServers()
    }
  })

  it('waits for the next owner when the server is killed before it comes to it', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(331, toy, server)
    server.signal('SIGSTOP')
    const submitted = await toy.submit({ type: 'message', text: 'late', target: { sids: [session.sid] } })
    if (submitted.kind !== 'accepted') throw new Error(submitted.kind)
    await server.kill()
    await world.server()
    await toy.reaches(submitted.command.id, 'applied')
    expect(session.heard.filter((text) => text === 'Mara: late')).toHaveLength(1)
  })

  it('is refused while its server is known to be silent, and nothing of it is done when that is back', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(334, toy, server)
    const { sid } = session
    const request: Given = { type: 'message', text: 'Never.', target: { sids: [sid] } }
    server.signal('SIGSTOP')
    await waitUntil(() => toy.console.silent([sid], request).size === 1, { timeoutMs: 20_000, what: 'the silence' })
    expect(await toy.submit(request)).toMatchObject({ kind: 'unavailable', part: 'server' })
    server.signal('SIGCONT')
    await waitUntil(() => toy.console.silent([sid], request).size === 0, { timeoutMs: 20_000, what: 'its answer' })
    await toy.carryOut({ ...request, text: 'Again.' }, 'applied')
    await world.gateway.hears(session, 'Mara: Again.')
    expect(session.heard).not.toContain('Mara: Never.')
  })

  it('is refused with what changed where the session is not as the wizard saw it', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(332, toy, server)
    const { sid } = session
    const saw = versionOf(sid, toy)
    world.gateway.type(session, 2, 'echo changed')
    await world.gateway.hears(session, 'changed')
    const request: Given = { type: 'disconnect', target: { sids: [sid] }, expect: { [sid]: saw } }
    expect(await toy.submit(request)).toMatchObject({ kind: 'conflict', changed: [{ sid, saw }] })
    world.gateway.type(session, 3, 'echo still here')
    await world.gateway.hears(session, 'still here')
  })

  it('is refused while Kafka is away, and nothing of it is done when it is back', async () => {
    const server = await world.server()
    const [link] = world.links
    const env = { REDIS_URL: world.services.env.REDIS_URL, KAFKA_BROKERS: `127.0.0.1:${link.kafka.port}` }
    const toy = await openConsole({ ...world.services.env, ...env })
    const session = await settle(333, toy, server)
    const { sid } = session
    await link.kafka.cut()
    const request: Request = { id: randomUUID(), type: 'disconnect', target: { sids: [sid] }, text: 'Never.' }
    expect(await toy.submit(request)).toMatchObject({ kind: 'unavailable' })
    await link.kafka.restore()
    await toy.reaches(request.id, 'refused')
    world.gateway.type(session, 2, 'echo alive')
    await world.gateway.hears(session, 'alive')
    expect(session.heard).not.toContain('Never.')
    expect(await resultsOf(request.id)).toEqual([])
    await toy.carryOut({ type: 'message', text: 'Again.', target: { sids: [sid] } }, 'applied')
  })
})

describe('a reconcile', () => {
  it('puts Redis right where the owner is, and changes nothing in a dry run', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const { sid } = await settle(341, toy, server)
    await edit(sid, 'room', '#666')
    await edit(sid, 'meta:forged', '1')
    const saw = versionOf(sid, toy)
    const target = { sids: [sid] }
    const plan = [
      { sid, field: 'room', to: 'redis', before: '#666', after: '#0' },
      { sid, field: 'meta:forged', to: 'redis', before: '1', after: null },
    ]
    const dry = await toy.carryOut({ type: 'reconcile', truth: 'owner', target, dryRun: true }, 'applied')
    expect(dry.plan).toEqual(plan)
    expect(await inRedis(sid, 'room')).toBe('#666')
    const real = await toy.carryOut({ type: 'reconcile', truth: 'owner', target, expect: { [sid]: saw } }, 'verified')
    expect(real).toMatchObject({ plan, results: [{ sid, outcome: 'done', detail: '2 fields to Redis' }] })
    expect(await inRedis(sid, 'room')).toBe('#0')
    expect(await inRedis(sid, 'meta:forged')).toBeNull()
  })

  it('takes Redis’s word where the wizard says so, and tells the gateway', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(342, toy, server)
    const { sid } = session
    await edit(sid, 'player', '#7')
    await edit(sid, 'playerName', 'Eve')
    await edit(sid, 'width', '99')
    await toy.carryOut({ type: 'reconcile', truth: 'redis', target: { sids: [sid] } }, 'verified')
    const { sessions } = await server.status()
    expect(sessions.find((each) => each.sid === sid)).toMatchObject({
      player: '#7',
      playerName: 'Eve',
      width: 99,
    })
    expect(holder.knows(sid)).toMatchObject({ player: '#7' })
    expect(session.fields.width).toBe(99)
  })

  it('has the gateway write its own fields again, and the owner those that no gateway can', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const session = await settle(343, toy, server)
    const { sid } = session
    const reconcile: Given = { type: 'reconcile', truth: 'owner', target: { sids: [sid] } }
    await edit(sid, 'host', 'forged.example')
    await edit(sid, 'gatewayRevision', '40')
    await toy.carryOut(reconcile, 'verified')
    expect(await world.stored(sid)).toMatchObject({ host: '127.0.0.1' })
    expect(session.fields.gatewayRevision).toBeGreaterThan(40)
    await edit(sid, 'status', 'detached')
    await edit(sid, 'gateway', 'nobody')
    await toy.carryOut(reconcile, 'verified')
    expect(await world.stored(sid)).toMatchObject({ status: 'connected', gateway: 'toy-gateway' })
  })

  it('writes a record again that somebody has deleted, with its index entry', async () => {
    const server = await world.server()
    const toy = await openConsole()
    const { sid } = await settle(344, toy, server)
    await world.redis.hdel(keys.versions(partitionOf(sid)), sid)
    const reconcile: Given = { type: 'reconcile', truth: 'owner', target: { sids: [sid] } }
    await toy.carryOut(reconcile, 'verified')
    await world.redis.del(keys.session(sid))
    await toy.carryOut(reconcile, 'verified')
    expect(await world.stored(sid)).toMatchObject({ player: '#5' })
    expect(await world.redis.hget(keys.versions(partitionOf(sid)), sid)).toEqual(expect.any(String))
  })

  it('is refused while the owner cannot read Redis, and says so', async () => {
    const [link] = world.links
    const server = await world.server(link)
    const toy = await openConsole()
    const { sid } = await settle(345, toy, server)
    await link.redis.cut()
    const command = await toy.carryOut({ type: 'reconcile', truth: 'owner', target: { sids: [sid] } }, 'failed')
    expect(command.results).toMatchObject([{ outcome: 'refused', detail: expect.stringContaining('Redis') }])
    await link.redis.restore()
  })
})
