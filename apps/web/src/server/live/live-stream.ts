import type { Clock } from '@holdfast/runtime'
import type { LiveEvent, LivePatch } from '@holdfast/store/contracts'
import { mergePatches, sizeOf } from './merge-patches.ts'
import { bytesOf } from './sse.ts'

/** What may wait in the stream itself before its reader counts as slow. */
const BUFFER_BYTES = 256 * 1_024
/** A reader that is slow for longer, or has more rows waiting, is told to ask again instead. */
const SLOW_MS = 5_000
const WAITING_ROWS_MAX = 5_000

export interface LiveStream {
  readonly body: ReadableStream<Uint8Array>
  /** Sent at once, or merged with what waits while the reader is slow. `bytes`: the same, in words. */
  patch(patch: LivePatch, bytes: Uint8Array): void
  /** Sent at once, or left out: the next one says all that this one does. */
  tick(bytes: Uint8Array): void
  /** Sent whatever waits. */
  say(event: LiveEvent): void
  end(): void
}

export interface LiveStreamOptions {
  clock: Clock
  epoch: string
  rev: () => number
  /** Called once, for whatever reason the stream is over. */
  onEnd: () => void
}

/** One browser's stream. Its memory is bounded however slow the browser is, and it delays nobody else. */
export function createLiveStream({ clock, epoch, rev, onEnd }: LiveStreamOptions): LiveStream {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  let waiting: LivePatch[] = []
  let waitingSince = 0
  let hasToResync = false

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given
      },
      pull: flush,
      cancel: over,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
  )

  function over(): void {
    if (controller === null) return
    controller = null
    waiting = []
    onEnd()
  }

  const hasRoom = (): boolean => (controller?.desiredSize ?? 0) > 0

  const write = (event: LiveEvent): void => controller?.enqueue(bytesOf(event, epoch))

  function flush(): void {
    if (hasToResync) {
      hasToResync = false
      write({ event: 'resync', data: { rev: rev(), reason: 'slow' } })
      return
    }
    const patch = mergePatches(waiting)
    waiting = []
    if (patch !== null) write({ event: 'patch', data: patch })
  }

  const keep = (patch: LivePatch): void => {
    if (waiting.length === 0) waitingSince = clock.monotonic()
    const merged = mergePatches([...waiting, patch])
    waiting = merged === null ? [] : [merged]
    const rows = merged === null ? 0 : sizeOf(merged)
    if (rows <= WAITING_ROWS_MAX && clock.monotonic() - waitingSince <= SLOW_MS) return
    waiting = []
    hasToResync = true
  }

  return {
    body,
    patch(patch, bytes) {
      // What was dropped is in everything that it will ask for.
      if (hasToResync) return
      if (waiting.length > 0 || !hasRoom()) keep(patch)
      else controller?.enqueue(bytes)
    },
    tick(bytes) {
      if (hasRoom()) controller?.enqueue(bytes)
    },
    say: write,
    end() {
      controller?.close()
      over()
    },
  }
}
