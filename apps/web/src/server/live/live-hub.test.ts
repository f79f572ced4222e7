import { manualClock } from '@holdfast/runtime/testing'
import type { LivePatch, LiveTick, SessionRow } from '@holdfast/store/contracts'
import { createSid, livePatchSchema, liveTickSchema } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { createLiveHub, STREAMS_OF_SESSION_MAX } from './live-hub.ts'

const sidOf = (n: number) => createSid(`01M85DCAED0NH65TJJHB${String(n).padStart(6, '0')}`)

const rowOf = (n: number, idleMs = 0): SessionRow => ({
  sid: sidOf(n),
  handle: n,
  version: '1.1.1',
  state: 'in-sync',
  missingIn: [],
  odd: [],
  status: 'connected',
  loginState: 'connected',
  player: null,
  gateway: 'gateway-1',
  server: null,
  transport: 'telnet',
  ip: '127.0.0.1',
  host: 'x'.repeat(200),
  client: null,
  connectedAt: '2026-01-01T00:00:00.000Z',
  idleMs,
  pending: 0,
  drifted: [],
})

const tickOf = (rev: number): LiveTick => ({
  rev,
  now: '2026-01-01T00:00:00.000Z',
  lag: 0,
  behindMs: 0,
  sources: [],
  missed: [],
  sessions: 0,
  counts: { 'in-sync': 0, settling: 0, drifted: 0, missing: 0, ghost: 0, unknown: 0, ignored: 0 },
  queues: { pending: 0, retrying: 0, dead: 0 },
  redis: { up: true, pingMs: 1 },
  kafka: { up: true, lag: 0 },
})

/** Reads a stream's events as they come. */
function reading(body: ReadableStream<Uint8Array> | null) {
  if (body === null) throw new Error('no stream')
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const next = async (): Promise<{ id?: string; event: string; data: unknown } | 'end'> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await reader.read()
      if (done) return 'end'
      text += decoder.decode(value, { stream: true })
    }
    const end = text.indexOf('\n\n')
    const lines = text.slice(0, end).split('\n')
    text = text.slice(end + 2)
    const of = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
    return { id: of('id'), event: of('event') ?? '', data: JSON.parse(of('data') ?? 'null') }
  }
  return { next, cancel: () => reader.cancel() }
}

function setUp() {
  const clock = manualClock()
  const listeners = new Set<(patch: LivePatch) => void>()
  const state = { rev: 10 }
  const hub = createLiveHub({
    clock,
    random: () => 0,
    epoch: 'e',
    build: 'test',
    source: {
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      rev: () => state.rev,
      tick: () => tickOf(state.rev),
    },
  })
  const tell = (...up: SessionRow[]): LivePatch => {
    const patch = { from: state.rev, to: state.rev + 1, up, turns: [], rm: [] }
    state.rev += 1
    for (const listener of listeners) listener(patch)
    return patch
  }
  const greeted = async (lastEventId: string | null = null, session = 's') => {
    const stream = reading(hub.open(session, lastEventId))
    expect(await stream.next()).toMatchObject({ event: 'hello', data: { epoch: 'e', rev: state.rev } })
    expect(await stream.next()).toMatchObject({ event: 'tick' })
    return stream
  }
  return { clock, hub, tell, listeners, greeted, state }
}

test('greets, and then tells what changes as it does, and each second that it lives', async () => {
  const { clock, tell, greeted } = setUp()
  const stream = await greeted()
  const patch = tell(rowOf(1))
  const event = await stream.next()
  expect(event).toEqual({ id: 'e-11', event: 'patch', data: patch })
  expect(event !== 'end' && livePatchSchema.parse(event.data)).toEqual(patch)
  await clock.advance(1_000)
  const tick = await stream.next()
  expect(tick !== 'end' && liveTickSchema.parse(tick.data)).toEqual(tickOf(11))
})

test('tells a stream that comes back what it missed, in one', async () => {
  const { tell, greeted } = setUp()
  const first = await greeted()
  tell(rowOf(1, 1))
  await first.cancel()
  tell(rowOf(1, 2), rowOf(2))
  tell(rowOf(1, 3))
  const again = await greeted('e-11')
  expect(await again.next()).toMatchObject({
    id: 'e-13',
    event: 'patch',
    data: { from: 11, to: 13, up: [{ handle: 1, idleMs: 3 }, { handle: 2 }] },
  })
})

test('has a stream ask for everything that cannot be told what it missed', async () => {
  const { clock, tell, greeted, listeners } = setUp()
  expect(await (await greeted('other-3')).next()).toMatchObject({ event: 'resync', data: { reason: 'restarted' } })
  expect(await (await greeted('e-999')).next()).toMatchObject({ event: 'resync', data: { reason: 'restarted' } })
  expect(await (await greeted('e-3')).next()).toMatchObject({ event: 'resync', data: { reason: 'too-old' } })
  for (let n = 0; n < 300; n += 1) tell(rowOf(n))
  expect(await (await greeted('e-20')).next()).toMatchObject({ event: 'resync', data: { reason: 'too-old' } })
  await clock.advance(600_000)
  await clock.advance(60_000)
  expect(listeners.size).toBe(0)
})

test('says nothing to a stream that has missed nothing', async () => {
  const { clock, tell, greeted } = setUp()
  const first = await greeted()
  tell(rowOf(1))
  await first.cancel()
  const again = await greeted('e-11')
  await clock.advance(1_000)
  expect(await again.next()).toMatchObject({ event: 'tick' })
})

test('merges what a slow reader has not taken, and delays nobody else', async () => {
  const { tell, greeted } = setUp()
  const slow = await greeted()
  const quick = await greeted()
  const rows = (idleMs: number) => Array.from({ length: 1_000 }, (_, n) => rowOf(n, idleMs))
  for (let round = 1; round <= 5; round += 1) {
    tell(...rows(round))
    expect(await quick.next()).toMatchObject({ event: 'patch', data: { to: 10 + round } })
  }
  // The first was on its way when the buffer had filled; the other four are one.
  expect(await slow.next()).toMatchObject({ id: 'e-11' })
  const merged = await slow.next()
  expect(merged).toMatchObject({ id: 'e-15', data: { from: 11, to: 15 } })
  expect(merged !== 'end' && livePatchSchema.parse(merged.data).up.map(({ idleMs }) => idleMs)).toEqual(
    Array.from({ length: 1_000 }, () => 5),
  )
})

test('tells a reader that was slow for long to ask again, and holds no more for it than its bound', async () => {
  const { clock, tell, greeted } = setUp()
  const slow = await greeted()
  const rows = Array.from({ length: 1_000 }, (_, n) => rowOf(n))
  tell(...rows)
  tell(...rows)
  await clock.advance(5_001)
  tell(...rows)
  tell(...rows)
  expect(await slow.next()).toMatchObject({ event: 'patch', id: 'e-11' })
  expect(await slow.next()).toEqual({ event: 'resync', data: { rev: 14, reason: 'slow' }, id: undefined })
  tell(rowOf(1))
  expect(await slow.next()).toMatchObject({ event: 'patch', id: 'e-15' })
})

test('ends the streams of a sign-in that is over, saying why, and no others', async () => {
  const { hub, greeted } = setUp()
  const over = await greeted(null, 'over')
  await greeted(null, 'other')
  hub.signedOut('over', 'revoked')
  expect(await over.next()).toMatchObject({ event: 'auth', data: { reason: 'revoked' } })
  expect(await over.next()).toBe('end')
  expect(hub.streams).toBe(1)
})

test('only ends the streams of a sign-in that another of the same browser has replaced', async () => {
  const { hub, greeted } = setUp()
  const replaced = await greeted(null, 'over')
  hub.signedOut('over', 'replaced')
  expect(await replaced.next()).toBe('end')
})

test('gives a sign-in no more streams than it may have, and one again when one has gone', async () => {
  const { hub, greeted } = setUp()
  const streams = await Promise.all(Array.from({ length: STREAMS_OF_SESSION_MAX }, () => greeted()))
  expect(hub.open('s', null)).toBeNull()
  await greeted(null, 'another')
  await streams[0]?.cancel()
  await greeted()
})

test('ends every stream when it closes, and leaves no timer behind', async () => {
  const { clock, hub, greeted, listeners } = setUp()
  const streams = await Promise.all(Array.from({ length: 50 }, (_, n) => greeted(null, `s${n}`)))
  hub.close()
  expect(await Promise.all(streams.map((stream) => stream.next()))).toEqual(Array.from({ length: 50 }, () => 'end'))
  expect(hub.open('s', null)).toBeNull()
  expect([hub.streams, listeners.size, clock.pendingTimers()]).toEqual([0, 0, 0])
})

test('ends a stream after ten minutes, so that it may find another console', async () => {
  const { clock, hub, greeted } = setUp()
  await greeted()
  await clock.advance(599_000)
  expect(hub.streams).toBe(1)
  await clock.advance(1_000)
  expect(hub.streams).toBe(0)
})
