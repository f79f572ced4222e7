import type { LiveAuth, LivePatch, LiveResync, LiveTick } from '@holdfast/store/contracts'

/** How the stream of changes stands. The page says so in the top bar, and asks by itself where nothing streams. */
export type StreamState =
  | { kind: 'connecting' }
  /** `heardAt`: the last bytes, by the browser's clock. */
  | { kind: 'live'; heardAt: number }
  /**
   * Broken; tried again at `nextAt`, epoch ms. `isPolling`: it has been so for long enough that pages poll. `isFull`: nothing is
   * wrong, as many pages have a stream as may have one.
   */
  | { kind: 'retrying'; nextAt: number; attempt: number; isPolling: boolean; isFull: boolean }
  | { kind: 'offline' }
  /** Nobody looks: hidden for so long that the stream was let go. */
  | { kind: 'asleep' }
  | { kind: 'signed-out'; reason: LiveAuth['reason'] }

export interface LiveState {
  stream: StreamState
  /** The last tick; null before the first. */
  tick: LiveTick | null
  /** The console's build, as the stream said at its beginning. */
  build: string | null
  /** The page told the wizard it would show nothing new. */
  isPaused: boolean
  /** Changes of rows that came while paused. */
  held: number
  /** Epoch ms by the browser's clock; null while not paused. */
  pausedAt: number | null
}

/** What a stream tells, in the order in which it tells it. */
export type LiveMessage =
  | { event: 'hello'; epoch: string; build: string }
  | { event: 'patch'; patch: LivePatch; id: string | null }
  | { event: 'tick'; tick: LiveTick }
  | { event: 'resync'; reason: LiveResync['reason'] }
  | { event: 'auth'; reason: LiveAuth['reason'] }

/** How one run of a stream ended. */
export type StreamEnd =
  | { kind: 'ended' }
  | { kind: 'silent' }
  | { kind: 'failed'; retryAfterMs: number | null }
  /** As many pages of this sign-in have one as may. */
  | { kind: 'full'; retryAfterMs: number | null }
  | { kind: 'signed-out'; reason: LiveAuth['reason'] }
  | { kind: 'aborted' }
