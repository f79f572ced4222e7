import type { Clock, Timer } from '@holdfast/runtime'
import type { LivePatch, LiveTick } from '@holdfast/store/contracts'
import type { EndReason } from '../sign-in-sessions.ts'
import { createLiveStream, type LiveStream } from './live-stream.ts'
import { createPatchRing } from './patch-ring.ts'
import { bytesOf } from './sse.ts'

const TICK_MS = 1_000
/** A stream is ended after so long, and half as much again by chance: a load balancer may then send it elsewhere. */
const STREAM_LIFE_MS = 600_000
export const STREAMS_OF_SESSION_MAX = 4
export const STREAMS_MAX = 500
/** Changes are gathered so long after the last stream has gone: one that broke comes back and finds them. */
const LINGER_MS = 60_000

/** What a hub needs of the read model. */
export interface LiveSource {
  subscribe(listener: (patch: LivePatch) => void): () => void
  rev(): number
  tick(): LiveTick
}

export interface LiveHub {
  /** A stream for this sign-in, from `lastEventId` on; null where it, or the console, has as many as it may. */
  open(session: string, lastEventId: string | null): ReadableStream<Uint8Array> | null
  /** The sign-in is over: its streams say so, and end. Of one that was replaced they only end, and come back under the new one. */
  signedOut(session: string, reason: EndReason): void
  readonly streams: number
  /** Ends all streams and takes no new ones. */
  close(): void
}

export interface LiveHubOptions {
  clock: Clock
  random: () => number
  /** Names this run of the console. */
  epoch: string
  build: string
  source: LiveSource
}

interface Open {
  session: string
  stream: LiveStream
  life: Timer
}

/** All streams of the console. Everything is gathered and put into words once, and written to each. */
export function createLiveHub({ clock, random, epoch, build, source }: LiveHubOptions): LiveHub {
  const streams = new Set<Open>()
  const ring = createPatchRing(epoch)
  let unsubscribe: (() => void) | null = null
  let lingering: Timer | null = null
  let isClosed = false

  const onPatch = (patch: LivePatch): void => {
    ring.add(patch)
    const bytes = bytesOf({ event: 'patch', data: patch }, epoch)
    for (const { stream } of streams) stream.patch(patch, bytes)
  }

  const listen = (): void => {
    lingering?.cancel()
    lingering = null
    unsubscribe ??= source.subscribe(onPatch)
  }

  const stopListening = (): void => {
    unsubscribe?.()
    unsubscribe = null
    ring.clear()
  }

  const tick = (): Uint8Array => bytesOf({ event: 'tick', data: source.tick() }, epoch)
  const ticking = clock.setInterval(() => {
    if (streams.size === 0) return
    const bytes = tick()
    for (const { stream } of streams) stream.tick(bytes)
  }, TICK_MS)

  const onEnd = (open: Open): void => {
    open.life.cancel()
    streams.delete(open)
    if (streams.size === 0 && !isClosed) lingering = clock.setTimeout(stopListening, LINGER_MS)
  }

  const greet = (stream: LiveStream, lastEventId: string | null): void => {
    const rev = source.rev()
    stream.say({ event: 'hello', data: { epoch, rev, build, now: new Date(clock.now()).toISOString() } })
    stream.tick(tick())
    if (lastEventId === null) return
    const missed = ring.missedSince(lastEventId, rev)
    if (missed.kind === 'patch') stream.say({ event: 'patch', data: missed.patch })
    if (missed.kind === 'resync') stream.say({ event: 'resync', data: { rev, reason: missed.reason } })
  }

  const ofSession = (session: string): Open[] => [...streams].filter((open) => open.session === session)

  return {
    open(session, lastEventId) {
      const isFull = streams.size >= STREAMS_MAX || ofSession(session).length >= STREAMS_OF_SESSION_MAX
      if (isClosed || isFull) return null
      listen()
      const stream = createLiveStream({ clock, epoch, rev: source.rev, onEnd: () => onEnd(open) })
      const lifeMs = STREAM_LIFE_MS * (1 + random() / 2)
      const open: Open = { session, stream, life: clock.setTimeout(() => stream.end(), lifeMs) }
      streams.add(open)
      greet(stream, lastEventId)
      return stream.body
    },
    signedOut(session, reason) {
      for (const { stream } of ofSession(session)) {
        if (reason !== 'replaced') stream.say({ event: 'auth', data: { reason } })
        stream.end()
      }
    },
    get streams() {
      return streams.size
    },
    close() {
      isClosed = true
      ticking.cancel()
      lingering?.cancel()
      for (const { stream } of [...streams]) stream.end()
      stopListening()
    },
  }
}
