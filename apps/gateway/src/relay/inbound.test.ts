import { createLogger } from '@holdfast/runtime'
import { type Batcher, createBreaker, createSeal, type OutgoingRecord } from '@holdfast/store'
import { partitionOf, type SessionEvent, type Sid, sessionEventSchema } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../connections/limits.ts'
import { connectionRig, sidOf } from '../testing/connection-rig.ts'
import { createInbound, type InboundOptions } from './inbound.ts'
import type { OwnField } from './own-fields.ts'

const seal = createSeal('a secret of sixteen')
const away = () => Promise.reject(new Error('Redis is away'))

function inboundRig(scripts: Partial<InboundOptions['scripts']> = {}) {
  const rig = connectionRig()
  const sent: OutgoingRecord[] = []
  const calls: [string, ...unknown[]][] = []
  const marks: [Sid, readonly OwnField[]][] = []
  const answer = (name: string, args: unknown[]): Promise<'stored'> => {
    calls.push([name, ...args])
    return Promise.resolve('stored')
  }
  const kafka = { taken: Promise.resolve() }
  const batcher: Pick<Batcher, 'send' | 'position' | 'acknowledged'> = {
    send: (record) => void sent.push(record),
    position: () => sent.length,
    acknowledged: () => kafka.taken,
  }
  const inbound = createInbound({
    batcher,
    scripts: {
      register: (...args) => answer('register', args),
      detach: (...args) => answer('detach', args),
      ...scripts,
    },
    breaker: createBreaker(rig.clock, () => 1),
    ownFields: { mark: (sid, fields) => void marks.push([sid, fields]) },
    seal,
    clock: rig.clock,
    limits: LIMITS,
    logger: createLogger({ name: 'test', level: 'silent' }),
    incarnation: 'gateway-1',
  })
  const events = (): SessionEvent[] => sent.map(({ value }) => sessionEventSchema.parse(JSON.parse(value ?? '')))
  return { ...rig, inbound, kafka, sent, calls, marks, events }
}

describe('whether a line is in the log', () => {
  it('is told when Kafka has it, and is not claimed where the gateway stops before', async () => {
    const { inbound, kafka } = inboundRig()
    expect(await inbound.whenTaken()).toBe(true)
    kafka.taken = Promise.reject(new Error('closed'))
    expect(await inbound.whenTaken()).toBe(false)
  })
})

describe('establish', () => {
  it('stores the session, then tells the log, and resolves only after that', async () => {
    const { connection, inbound, calls, events } = inboundRig()
    await inbound.establish(connection)
    expect(calls.map(([name]) => name)).toEqual(['register'])
    expect(events()).toEqual([
      expect.objectContaining({
        type: 'connection.established',
        id: `${sidOf(1)}:e1.1`,
        stored: true,
        connectionEpoch: 1,
        from: 'gateway-1',
        fields: connection.fields,
      }),
    ])
  })

  it.each([
    ['is away', away],
    ['knows the session as dead', () => Promise.resolve('dead' as const)],
    ['has another with this id', () => Promise.resolve('taken' as const)],
  ])('says that it is not stored where Redis %s, and has it written whole later', async (_, register) => {
    const { connection, inbound, events, marks } = inboundRig({ register })
    await inbound.establish(connection)
    expect(events()).toMatchObject([{ type: 'connection.established', stored: false }])
    expect(marks).toEqual([[sidOf(1), ['*']]])
  })

  it('does not wait for a Redis that has failed again and again', async () => {
    let tries = 0
    const { inbound, events, connection } = inboundRig({
      register() {
        tries++
        return away()
      },
    })
    for (let time = 0; time < 5; time++) await inbound.establish(connection)
    expect([tries, events().length]).toEqual([3, 5])
  })

  it('makes the connection one that others are told of, with the event and not before', async () => {
    const { promise, resolve } = Promise.withResolvers<'stored'>()
    const { connection, inbound, events } = inboundRig({ register: () => promise })
    const established = inbound.establish(connection)
    expect(connection.isEstablished).toBe(false)
    resolve('stored')
    await established
    expect([connection.isEstablished, events().length]).toEqual([true, 1])
  })

  it('waits a second for a Redis that hangs, no longer', async () => {
    const { connection, inbound, events, clock } = inboundRig({ register: () => new Promise(() => undefined) })
    const established = inbound.establish(connection)
    await clock.advance(LIMITS.registerWaitMs - 1)
    expect(events()).toEqual([])
    await clock.advance(1)
    await established
    expect(events()).toMatchObject([{ type: 'connection.established', stored: false }])
  })

  it('tells the log of no session that has ended meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<'stored'>()
    const { connection, inbound, events } = inboundRig({ register: () => promise })
    const established = inbound.establish(connection)
    connection.close('shutdown')
    inbound.closed(connection, 'shutdown')
    resolve('stored')
    await established
    expect(events().map(({ type }) => type)).toEqual(['connection.closed'])
  })
})

describe('input', () => {
  it('travels sealed, numbered, and under an id that a resend would have too', () => {
    const { connection, inbound, sent, events } = inboundRig()
    inbound.input(connection, 7, 'connect Ada swordfish')
    inbound.input(connection, 7, 'connect Ada swordfish')
    const [first, second] = events()
    expect(first).toMatchObject({ type: 'input', id: `${sidOf(1)}:i7`, inputSequence: 7, connectionEpoch: 1 })
    expect(second?.id).toBe(first?.id)
    expect(JSON.stringify(sent)).not.toContain('swordfish')
    expect(first?.type === 'input' && seal.open(first.sealed, 'input', sidOf(1))).toBe('connect Ada swordfish')
    expect(first?.type === 'input' && seal.open(first.sealed, 'input', sidOf(2))).toBeNull()
  })

  it('goes to the partition of its session, as all its records do', async () => {
    const { connection, inbound, sent } = inboundRig()
    await inbound.establish(connection)
    inbound.input(connection, 1, 'look')
    inbound.changed(connection, { width: 80 })
    inbound.closed(connection, 'client')
    const partition = partitionOf(connection.sid)
    expect(sent.map(({ value: _, ...where }) => where)).toEqual(
      Array(4).fill({ topic: 'holdfast.session', partition, key: connection.sid }),
    )
  })
})

describe('a change of the client', () => {
  const change = { client: 'TINTIN++', width: 80, height: 24, capabilities: ['naws'] }

  it('goes to the log with its revision, and behind it to Redis', () => {
    const { connection, inbound, marks, events } = inboundRig()
    connection.fields.gatewayRevision = 3
    inbound.changed(connection, change)
    expect(events()).toMatchObject([
      { type: 'connection.changed', id: `${sidOf(1)}:c1.3`, gatewayRevision: 3, fields: change },
    ])
    expect(marks).toEqual([[sidOf(1), ['client', 'width', 'height', 'capabilities']]])
  })
})

describe('the end', () => {
  it('of a connection whose place was lost is told to nobody: its session waits for its player', () => {
    const { connection, inbound, calls, sent } = inboundRig()
    inbound.closed(connection, 'lease-lost')
    expect([calls, sent]).toEqual([[], []])
  })

  it('detaches in Redis and tells the log why', () => {
    const { connection, inbound, calls, events, clock } = inboundRig()
    inbound.closed(connection, 'quit')
    const detach = { connectionEpoch: 1, gatewayRevision: 2, reason: 'quit', until: clock.now() }
    expect(calls).toEqual([['detach', sidOf(1), detach]])
    expect(events()).toMatchObject([{ type: 'connection.closed', id: `${sidOf(1)}:x1`, reason: 'quit' }])
  })

  it('reaches the log although Redis is away', async () => {
    const { connection, inbound, events, clock } = inboundRig({ detach: away })
    inbound.closed(connection, 'client')
    await clock.advance(0)
    expect(events().map(({ type }) => type)).toEqual(['connection.closed'])
  })
})
