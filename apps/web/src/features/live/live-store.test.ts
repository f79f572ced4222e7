import { manualClock } from '@holdfast/runtime/testing'
import { describe, expect, it } from 'vitest'
import { ASLEEP_AFTER_MS, createLiveStore } from './live-store.ts'
import { SILENT_MS } from './read-stream.ts'

const hello = (epoch = 'e') =>
  `event: hello\ndata: {"epoch":"${epoch}","rev":1,"build":"b","now":"2026-11-24T02:14:08Z"}\n\n`
const patch = (to: number) =>
  `id: e-${to}\nevent: patch\ndata: {"from":${to - 1},"to":${to},"up":[],"turns":[],"rm":[]}\n\n`

/** A console that a test speaks for: each request is a stream to write to, or a refusal. */
function rig() {
  const clock = manualClock()
  const requests: { lastEventId: string | null; send(text: string): void; end(): void; isAborted(): boolean }[] = []
  let refusal: { status: number; headers?: Record<string, string> } | null = null
  const fetch: typeof globalThis.fetch = async (_, init) => {
    if (refusal) return new Response('{}', refusal)
    const headers = new Headers(init?.headers)
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, {
      highWaterMark: 100,
    })
    const writer = writable.getWriter()
    const ignore = (): void => undefined // a reader that went away is what some tests are about
    init?.signal?.addEventListener('abort', () => writer.abort(new Error('aborted')).catch(ignore))
    requests.push({
      lastEventId: headers.get('last-event-id'),
      send: (text) => void writer.write(new TextEncoder().encode(text)).catch(ignore),
      end: () => void writer.close().catch(ignore),
      isAborted: () => init?.signal?.aborted ?? false,
    })
    return new Response(readable)
  }
  const store = createLiveStore({ firstTick: null, fetch, clock, random: () => 1 })
  let resyncs = 0
  const patches: number[] = []
  store.onResync(() => resyncs++)
  store.onPatch(({ to }) => patches.push(to))
  return {
    clock,
    store,
    requests,
    patches,
    refuse: (with_: typeof refusal) => {
      refusal = with_
    },
    resyncs: () => resyncs,
    last: () => {
      const found = requests.at(-1)
      if (!found) throw new Error('nothing was requested')
      return found
    },
  }
}

describe('the stream of changes', () => {
  it('is live with the first bytes, and hands patches on in order', async () => {
    const { store, clock, last, patches } = rig()
    store.start()
    await clock.advance(0)
    last().send(hello() + patch(2) + patch(3))
    await clock.advance(0)
    expect(store.state.stream).toEqual({ kind: 'live', heardAt: clock.now() })
    expect(patches).toEqual([2, 3])
  })

  it('is given up after five seconds without a byte, and asks for what it missed', async () => {
    const { store, clock, last, requests } = rig()
    store.start()
    await clock.advance(0)
    last().send(hello() + patch(7))
    await clock.advance(SILENT_MS - 1)
    expect(store.state.stream.kind).toBe('live')
    await clock.advance(1)
    expect(store.state.stream).toMatchObject({ kind: 'retrying', attempt: 1, isPolling: false })
    expect(requests[0]?.isAborted()).toBe(true)
    await clock.advance(1_000)
    expect(last().lastEventId).toBe('e-7')
  })

  it('says that pages poll once it has failed twice, and waits longer each time', async () => {
    const { store, clock, refuse } = rig()
    refuse({ status: 503 })
    store.start()
    await clock.advance(0)
    expect(store.state.stream).toMatchObject({ attempt: 1, isPolling: false, nextAt: clock.now() + 1_000 })
    await clock.advance(1_000)
    expect(store.state.stream).toMatchObject({ attempt: 2, isPolling: true, nextAt: clock.now() + 2_000 })
    await clock.advance(60_000)
    const { stream } = store.state
    expect(stream.kind === 'retrying' && stream.nextAt - clock.now()).toBeLessThanOrEqual(30_000)
  })

  it('comes no sooner than the console asked for', async () => {
    const { store, clock, refuse } = rig()
    refuse({ status: 429, headers: { 'retry-after': '20' } })
    store.start()
    await clock.advance(0)
    expect(store.state.stream).toMatchObject({ nextAt: clock.now() + 20_000 })
  })

  it('polls at once where as many pages have a stream as may, and has one when there is room', async () => {
    const { store, clock, last, refuse } = rig()
    refuse({ status: 429, headers: { 'retry-after': '10' } })
    store.start()
    await clock.advance(0)
    expect(store.state.stream).toMatchObject({ kind: 'retrying', attempt: 1, isPolling: true, isFull: true })
    refuse(null)
    await clock.advance(10_000)
    last().send(hello())
    await clock.advance(0)
    expect(store.state.stream.kind).toBe('live')
  })

  it('has everything asked for again when the console was started anew', async () => {
    const { store, clock, last, resyncs } = rig()
    store.start()
    await clock.advance(0)
    last().send(hello('first') + patch(2))
    await clock.advance(0)
    const before = resyncs()
    last().end()
    await clock.advance(1_000)
    last().send(hello('second'))
    await clock.advance(0)
    expect(resyncs()).toBe(before + 1)
  })

  it('goes on without asking for everything when it was only cut', async () => {
    const { store, clock, last, resyncs } = rig()
    store.start()
    await clock.advance(0)
    last().send(hello() + patch(2))
    await clock.advance(0)
    const before = resyncs()
    last().end()
    await clock.advance(1_000)
    last().send(hello())
    await clock.advance(0)
    expect(resyncs()).toBe(before)
    expect(store.state.stream.kind).toBe('live')
  })

  it('holds patches back while paused, counts them, and asks for everything afterwards', async () => {
    const { store, clock, last, patches, resyncs } = rig()
    store.start()
    await clock.advance(0)
    last().send(hello())
    await clock.advance(0)
    const before = resyncs()
    store.setPaused(true)
    last().send('event: patch\ndata: {"from":1,"to":2,"up":[],"turns":[],"rm":[]}\n\n')
    await clock.advance(0)
    expect(patches).toEqual([])
    store.setPaused(false)
    expect(resyncs()).toBe(before + 1)
    expect(store.state.held).toBe(0)
  })

  it('lets go of its stream when nobody has looked for a minute, and takes it up at the first look', async () => {
    const { store, clock, last, requests } = rig()
    store.start()
    await clock.advance(0)
    store.setVisible(false)
    for (let elapsed = 0; elapsed < ASLEEP_AFTER_MS; elapsed += 1_000) {
      last().send(': beat\n')
      await clock.advance(1_000)
    }
    expect(store.state.stream.kind).toBe('asleep')
    store.setVisible(true)
    await clock.advance(0)
    expect(requests).toHaveLength(2)
  })

  it('ends when the session ends, and does not come back by itself', async () => {
    const { store, clock, last, requests } = rig()
    store.start()
    await clock.advance(0)
    last().send('event: auth\ndata: {"reason":"revoked"}\n\n')
    await clock.advance(60_000)
    expect(store.state.stream).toEqual({ kind: 'signed-out', reason: 'revoked' })
    expect(requests).toHaveLength(1)
  })

  it('leaves no timer behind when it is closed', async () => {
    const { store, clock } = rig()
    store.start()
    await clock.advance(0)
    store.setVisible(false)
    store.close()
    await clock.advance(0)
    expect(clock.pendingTimers()).toBe(0)
  })
})
