import { waitUntil } from '@holdfast/runtime/testing'
import {
  type LiveAuth,
  type LiveHello,
  type LivePatch,
  type LiveResync,
  type LiveTick,
  liveAuthSchema,
  liveHelloSchema,
  livePatchSchema,
  liveResyncSchema,
  liveTickSchema,
} from '@holdfast/store/contracts'
import type { z } from 'zod'
import type { Browser } from './console-client.ts'

interface LiveData {
  hello: LiveHello
  patch: LivePatch
  tick: LiveTick
  resync: LiveResync
  auth: LiveAuth
}
type Kind = keyof LiveData

const schemas: { readonly [K in Kind]: z.ZodType<LiveData[K]> } = {
  hello: liveHelloSchema,
  patch: livePatchSchema,
  tick: liveTickSchema,
  resync: liveResyncSchema,
  auth: liveAuthSchema,
}

/** The console's stream as a browser reads it. */
export interface LiveReader {
  /** Each in the shape of its schema. */
  readonly events: readonly { event: Kind; data: unknown; id: string | null }[]
  /** Resolves at the end of the stream, with the monotonic ms. */
  readonly ended: Promise<number>
  /** The first event that fits, from the `since`th on. */
  waitFor<K extends Kind>(kind: K, fits?: (data: LiveData[K]) => boolean, since?: number): Promise<LiveData[K]>
  close(): void
}

const WAIT_MS = 10_000

const isKind = (text: string): text is Kind => Object.hasOwn(schemas, text)

/** Opens `/api/live`. Resolves when it has answered; throws where it does not let this browser in. */
export async function readLive(browser: Browser, lastEventId?: string): Promise<LiveReader> {
  const closing = new AbortController()
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const response = await browser.ask('/api/live', { headers, signal: closing.signal })
  if (response.status !== 200 || response.body === null) {
    throw new Error(`live: ${response.status} ${await response.text()}`)
  }
  const events: { event: Kind; data: unknown; id: string | null }[] = []
  const take = (block: string): void => {
    const fields = new Map(
      block.split('\n').map((line) => [line.split(': ', 1)[0] ?? '', line.replace(/^[a-z]+: /, '')]),
    )
    const event = fields.get('event') ?? ''
    if (!isKind(event)) throw new Error(`no event of the contract: ${block}`)
    const data = schemas[event].parse(JSON.parse(fields.get('data') ?? 'null'))
    events.push({ event, data, id: fields.get('id') ?? null })
  }
  const reading = async (body: ReadableStream<Uint8Array>): Promise<number> => {
    const decoder = new TextDecoder()
    let text = ''
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true })
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          take(text.slice(0, end))
          text = text.slice(end + 2)
        }
      }
    } catch (error) {
      // Closed from this side, or its process has gone: either way it has ended.
      if (!(error instanceof Error)) throw error
    }
    return performance.now()
  }
  const ended = reading(response.body)

  return {
    events,
    ended,
    waitFor: (kind, fits = () => true, since = 0) =>
      waitUntil(
        () => {
          for (const { event, data } of events.slice(since)) {
            if (event !== kind) continue
            const parsed = schemas[kind].parse(data)
            if (fits(parsed)) return parsed
          }
          return null
        },
        {
          timeoutMs: WAIT_MS,
          what: `a ${kind} on the stream, which has ${events.map(({ event }) => event).join(' ')}`,
        },
      ),
    close: () => closing.abort(),
  }
}
