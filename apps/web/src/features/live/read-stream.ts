import type { Clock } from '@holdfast/runtime/clock'
import {
  liveAuthSchema,
  liveHelloSchema,
  livePatchSchema,
  liveResyncSchema,
  liveTickSchema,
} from '@holdfast/store/contracts'
import { createSseParser, type SseEvent } from './sse-parser.ts'
import type { LiveMessage, StreamEnd } from './stream-state.ts'

/** Ticks come each second: without a byte for so long, whatever is at the other end is not there any more. */
export const SILENT_MS = 5_000

export interface StreamOptions {
  fetch: typeof globalThis.fetch
  clock: Clock
  signal: AbortSignal
  /** The id of the last patch that was taken, so that only what came since is sent. */
  lastEventId: string | null
  onOpen: () => void
  onBytes: () => void
  onMessage: (message: LiveMessage) => void
}

/** Reads one stream to its end, and says what end that was. Never rejects. */
export async function readStream(options: StreamOptions): Promise<StreamEnd> {
  const { fetch, clock, signal, lastEventId, onOpen } = options
  const own = new AbortController()
  const stop = (): void => own.abort()
  signal.addEventListener('abort', stop, { once: true })
  let isSilent = false
  let watch = clock.setTimeout(() => undefined, 0)
  const heard = (): void => {
    watch.cancel()
    watch = clock.setTimeout(() => {
      isSilent = true
      stop()
    }, SILENT_MS)
  }
  try {
    if (signal.aborted) return { kind: 'aborted' }
    heard()
    const headers = { accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) }
    const response = await fetch('/api/live', { headers, cache: 'no-store', signal: own.signal })
    if (!response.ok || !response.body) return refusalOf(response)
    onOpen()
    return await readBody(response.body, options, heard)
  } catch {
    // Whatever fetch or the body rejected with: an abort is one of ours, all else is a broken way.
    if (signal.aborted) return { kind: 'aborted' }
    return isSilent ? { kind: 'silent' } : { kind: 'failed', retryAfterMs: null }
  } finally {
    watch.cancel()
    signal.removeEventListener('abort', stop)
    own.abort()
  }
}

function refusalOf(response: Response): StreamEnd {
  if (response.status === 401) return { kind: 'signed-out', reason: 'expired' }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null
  return { kind: response.status === 429 ? 'full' : 'failed', retryAfterMs }
}

async function readBody(
  body: ReadableStream<Uint8Array>,
  { onBytes, onMessage }: StreamOptions,
  heard: () => void,
): Promise<StreamEnd> {
  const parser = createSseParser()
  const decoder = new TextDecoder()
  const reader = body.getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    heard()
    onBytes()
    for (const event of parser.feed(decoder.decode(piece.value, { stream: true }))) {
      const message = messageOf(event)
      if (message?.event === 'auth') return { kind: 'signed-out', reason: message.reason }
      if (message) onMessage(message)
    }
  }
  return { kind: 'ended' }
}

/** Null for an event of a newer console, which this page does not know. What it knows and cannot read asks for everything again. */
export function messageOf({ event, data, id }: SseEvent): LiveMessage | null {
  const json = jsonOf(data)
  switch (event) {
    case 'hello': {
      const hello = liveHelloSchema.safeParse(json)
      return hello.success ? { event, epoch: hello.data.epoch, build: hello.data.build } : UNREADABLE
    }
    case 'patch': {
      const patch = livePatchSchema.safeParse(json)
      return patch.success ? { event, patch: patch.data, id } : UNREADABLE
    }
    case 'tick': {
      const tick = liveTickSchema.safeParse(json)
      return tick.success ? { event, tick: tick.data } : UNREADABLE
    }
    case 'resync': {
      const resync = liveResyncSchema.safeParse(json)
      return { event, reason: resync.data?.reason ?? 'too-old' }
    }
    case 'auth': {
      const auth = liveAuthSchema.safeParse(json)
      return { event, reason: auth.data?.reason ?? 'revoked' }
    }
    default:
      return null
  }
}

const UNREADABLE: LiveMessage = { event: 'resync', reason: 'too-old' }

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no schema takes it: `messageOf` asks for everything again
  }
}
