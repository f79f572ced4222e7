import { once } from 'node:events'
import { manualClock, waitUntil } from '@holdfast/runtime/testing'
import type { CloseReason } from '@holdfast/store/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import type { Inbound } from '../relay/inbound.ts'
import { telnetArrival } from '../telnet/telnet-arrival.ts'
import { END_WAIT_MS } from '../telnet/telnet-client.ts'
import { outputRecord, text } from '../testing/connection-rig.ts'
import { hear, type SocketPair, socketPair } from '../testing/socket-pair.ts'
import { LIMITS } from './limits.ts'
import { createRegistry } from './registry.ts'
import { createSeats } from './seat.ts'

const pairs: SocketPair[] = []
afterEach(() => {
  for (const pair of pairs.splice(0)) pair.close()
})

function seatsRig({ handles = 100, connectionsMax = 10 } = {}) {
  const clock = manualClock()
  const registry = createRegistry()
  const log: string[] = []
  const refused: string[] = []
  const closes: CloseReason[] = []
  const pulse = { isHeld: false, onSent: () => undefined }
  const registered = Promise.withResolvers<void>()
  let handle = 0
  let ulids = 0
  const copies: string[] = []
  const inbound: Pick<Inbound, 'establish' | 'input' | 'whenTaken' | 'changed' | 'closed'> = {
    async establish() {
      await registered.promise
      log.push('established')
    },
    input: (_, inputSequence, line) => log.push(`${inputSequence} ${line}`),
    whenTaken: async () => true,
    changed: (_, fields) => log.push(`${fields.width}x${fields.height}`),
    closed: (_, reason) => void closes.push(reason),
  }
  const seats = createSeats({
    incarnation: 'gateway-1',
    slot: 3,
    handles: { take: () => (handle < handles ? ++handle : null), end: handles },
    registry,
    inbound,
    copies: { changed: () => copies.push('changed'), ended: () => copies.push('ended') },
    pulse,
    clock,
    limits: { ...LIMITS, connectionsPerAddress: 2, connectionsMax },
    newUlid: () => `01ARZ3NDEKTSV4RRFFQ${String(++ulids).padStart(7, '0')}`,
    seen: {
      opened: () => undefined,
      closed: () => undefined,
      dropped: () => undefined,
      refused: (why) => void refused.push(why),
      answered: () => undefined,
    },
  })
  const dial = async (ip = '192.0.2.1') => {
    const pair = await socketPair()
    pairs.push(pair)
    seats.accept(telnetArrival(pair.near, ip, clock))
    return { ...pair, heard: hear(pair.far) }
  }
  return { seats, clock, registry, log, refused, closes, pulse, registered, dial }
}

describe('a seat', () => {
  it('lets no line pass before the log knows the session', async () => {
    const { log, registered, dial } = seatsRig()
    const { far } = await dial()
    far.write('look\r\n')
    // What a second connection sent later has come: the line would be there, if anybody read it.
    const later = await socketPair()
    pairs.push(later)
    later.far.write('x')
    await once(later.near, 'data')
    expect(log).toEqual([])
    registered.resolve()
    await waitUntil(() => log.length === 2, { what: 'the line' })
    expect(log).toEqual(['established', '1 look'])
  })

  it('gives each session an id, a handle and this gateway as its place', async () => {
    const { registry, dial } = seatsRig()
    await dial('192.0.2.1')
    await dial('192.0.2.9')
    const [one, two] = [...registry.all()]
    expect(one?.sid).not.toBe(two?.sid)
    expect(one?.fields).toMatchObject({ handle: 1, gateway: 'gateway-1', slot: 3, connectionEpoch: 1, ip: '192.0.2.1' })
    expect(two?.fields).toMatchObject({ handle: 2, ip: '192.0.2.9' })
  })

  it('is free again when its client has gone, also amid its registration', async () => {
    const { registry, closes, registered, dial } = seatsRig()
    const { far } = await dial()
    far.end()
    registered.resolve()
    await waitUntil(() => registry.size === 0, { what: 'the seat is free' })
    expect(closes).toEqual(['client'])
  })

  it('shows what is for its session', async () => {
    const { registry, dial } = seatsRig()
    const { heard } = await dial()
    for (const connection of registry.all()) connection.deliver(outputRecord({ data: [text('Welcome.\n')] }))
    await waitUntil(() => heard.text.endsWith('Welcome.\r\n'), { what: 'the welcome' })
  })
})

describe('a client that is turned away', () => {
  it('reads that its address has too many, and others are served', async () => {
    const { registry, refused, dial } = seatsRig()
    await dial('192.0.2.1')
    await dial('192.0.2.1')
    const { heard } = await dial('192.0.2.1')
    await waitUntil(() => heard.ended, { what: 'the end' })
    expect(heard.text).toBe('There are too many connections from your address.\r\n')
    await dial('192.0.2.2')
    expect([registry.size, refused]).toEqual([3, ['too-many']])
  })

  it('is never one of this machine for its number', async () => {
    const { registry, dial } = seatsRig()
    for (let number = 0; number < 5; number++) await dial(number % 2 ? '::1' : '127.0.0.1')
    expect(registry.size).toBe(5)
  })

  it('reads that it cannot be seated where the gateway holds as many as it may', async () => {
    const { registry, refused, dial } = seatsRig({ connectionsMax: 2 })
    await dial('192.0.2.1')
    await dial('127.0.0.1')
    const { heard } = await dial('127.0.0.1')
    await waitUntil(() => heard.ended, { what: 'the end' })
    expect(heard.text).toContain('cannot seat you right now')
    expect([registry.size, refused]).toEqual([2, ['full']])
  })

  it('reads that it cannot be seated where no handle is left', async () => {
    const { refused, dial } = seatsRig({ handles: 0 })
    const { heard } = await dial()
    await waitUntil(() => heard.ended, { what: 'the end' })
    expect(heard.text).toContain('cannot seat you right now')
    expect(refused).toEqual(['unavailable'])
  })

  it('reads the same while Kafka is too far behind, and leaves nothing in the log', async () => {
    const { registry, pulse, log, closes, registered, dial } = seatsRig()
    registered.resolve()
    pulse.isHeld = true
    const { heard } = await dial()
    await waitUntil(() => heard.ended, { what: 'the end' })
    expect(heard.text).toContain('cannot seat you right now')
    expect([registry.size, log, closes]).toEqual([0, [], []])
  })

  it('does not stay although it has sent something and never closes', async () => {
    const { clock, dial } = seatsRig({ handles: 0 })
    const { near, far, heard } = await dial()
    far.write('hello?\r\n')
    await waitUntil(() => heard.ended, { what: 'the end' })
    expect(near.destroyed).toBe(false)
    await clock.advance(END_WAIT_MS)
    expect(near.destroyed).toBe(true)
  })

  it('is gone at once when it closes, although nobody listens to what it sent', async () => {
    const { dial } = seatsRig({ handles: 0 })
    const { near, far } = await dial()
    far.end('hello?\r\n')
    await waitUntil(() => near.destroyed, { what: 'the close' })
  })
})

describe('the stop', () => {
  it('lets every player read why, and resolves when all have gone', async () => {
    const { seats, closes, dial } = seatsRig()
    const clients = [await dial(), await dial()]
    for (const { far } of clients) far.on('end', () => far.end())
    await seats.close()
    for (const { heard } of clients) expect(heard.text).toContain('going down for maintenance')
    expect(closes).toEqual(['shutdown', 'shutdown'])
  })

  it('waits for nobody longer than its time', async () => {
    const { seats, clock, dial } = seatsRig()
    const { near } = await dial()
    const closed = seats.close()
    await clock.advance(2_000)
    await closed
    expect(near.destroyed).toBe(true)
  })

  it('ends at once where nobody is there', async () => {
    await seatsRig().seats.close()
  })
})
