import { beforeEach, describe, expect, test } from 'vitest'
import type { CommandRequest } from '../contracts/index.ts'
import { type ConsoleRig, consoleRig, GATEWAY, SERVER } from '../testing/console-rig.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'

/** Whom a command cannot come to, as the model knows it. */

const session = sessionOf(sidOf(1))
const { sid } = session

let rig: ConsoleRig
beforeEach(async () => {
  rig = consoleRig()
  rig.put(session)
  await rig.pass(1_000)
})

const silence = (type: CommandRequest['type'] = 'reconcile') =>
  rig.answers.silent([sid], { type, target: { sids: [sid] } }).get(sid)?.reason

describe('a server that owns the session', () => {
  test('is silent only once it has said nothing beyond the bound', async () => {
    rig.processes.delete(SERVER)
    await rig.pass(4_000)
    expect(silence()).toBeUndefined()
    await rig.pass(5_000)
    expect(silence()).toBe(`${SERVER} silent for 9 s`)
    rig.processes.set(SERVER, {})
    await rig.pass(1_100)
    expect(silence()).toBeUndefined()
  })

  test('is not waited for while another server is there to take over, and not for ever', async () => {
    rig.processes.delete(SERVER)
    await rig.pass(8_000)
    rig.processes.set('server-b', { partitions: [] })
    await rig.pass(1_100)
    expect(silence()).toBeUndefined()
    await rig.pass(8_000)
    expect(silence()).toBe(`${SERVER} silent for 17 s`)
    rig.own('server-b', 2)
    expect(silence()).toBeUndefined()
  })

  test('that has left in order, or of whom nobody has told, is not silent', async () => {
    rig.processes.set(SERVER, { isLeaving: true, partitions: [] })
    await rig.pass(1_000)
    rig.processes.delete(SERVER)
    await rig.pass(8_000)
    expect(silence()).toBeUndefined()
    rig.own('server-z', 2)
    await rig.pass(60_000)
    expect(silence()).toBeUndefined()
  })

  test('is not blamed for an outage of Kafka, nor for the moment after it in which it cannot have been heard', async () => {
    rig.isKafkaUp = false
    await rig.pass(30_000)
    expect(silence()).toBeUndefined()
    rig.processes.delete(SERVER)
    rig.isKafkaUp = true
    await rig.pass(4_000)
    expect(silence()).toBeUndefined()
    await rig.pass(2_000)
    expect(silence()).toContain('silent for')
  })
})

describe('a gateway that holds the session', () => {
  test('is needed for what a player hears, and for nothing else', async () => {
    rig.processes.delete(GATEWAY)
    await rig.pass(8_000)
    expect(silence('message')).toBe(`${GATEWAY} silent for 8 s`)
    expect(silence('disconnect')).toBe(`${GATEWAY} silent for 8 s`)
    expect(silence('reconcile')).toBeUndefined()
    const retry = { type: 'retry', target: { entry: `${sid}@gateway` } } as const
    expect(rig.answers.silent([sid], retry).get(sid)).toMatchObject({ role: 'gateway' })
  })

  test('is not needed once the session is detached', async () => {
    rig.processes.delete(GATEWAY)
    rig.putServer({ ...session, status: 'detached', gatewayRevision: 2, detachedUntil: AT + 120_000 })
    await rig.pass(8_000)
    expect(silence('message')).toBeUndefined()
    const host = rig.answers.session(sid)?.fields.find(({ name }) => name === 'host')
    expect(host?.cells.gateway.kind).toBe('unknown')
  })
})
