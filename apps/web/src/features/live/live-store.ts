import type { Clock } from '@holdfast/runtime/clock'
import type { LivePatch, LiveTick } from '@holdfast/store/contracts'
import { readStream } from './read-stream.ts'
import type { LiveMessage, LiveState, StreamEnd, StreamState } from './stream-state.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000
/** Broken for so long, or so often: pages ask by themselves until it streams again. */
const POLLING_FROM_ATTEMPT = 2
/** Nobody looks at a hidden page; after this its stream is let go. */
export const ASLEEP_AFTER_MS = 60_000
/** Changes of the stream's own age are told no more often than a tick comes. */
const HEARD_EVERY_MS = 250

/** What the pages see of the console's stream. One per browser tab. */
export interface LiveStore {
  readonly state: LiveState
  /** What `state` was at first. */
  readonly first: LiveState
  /** Called after each change of `state`. Returns a function that ends it. */
  subscribe(listener: () => void): () => void
  /** Each patch that is not held back by a pause. */
  onPatch(listener: (patch: LivePatch) => void): () => void
  /** Each tick, also while paused. */
  onTick(listener: (tick: LiveTick) => void): () => void
  /** Everything that is shown has to be asked for again: something was missed. */
  onResync(listener: () => void): () => void
  setPaused(isPaused: boolean): void
  /** A tick that was asked for, while nothing streams. One that is older than what is known is passed over. */
  takeTick(tick: LiveTick): void
  retryNow(): void
  /** There is a session again after it had ended. */
  resume(): void
  /** The page is hidden, or seen again. */
  setVisible(isVisible: boolean): void
  setOnline(isOnline: boolean): void
  start(): void
  close(): void
}

export interface LiveStoreOptions {
  /** What the page came with, before the stream says anything. */
  firstTick: LiveTick | null
  fetch: typeof globalThis.fetch
  clock: Clock
  /** 0 to 1, for the jitter of retries. */
  random: () => number
}

const IDLE_STATE: LiveState = {
  stream: { kind: 'connecting' },
  tick: null,
  build: null,
  isPaused: false,
  held: 0,
  pausedAt: null,
}

export function createLiveStore({ firstTick, fetch, clock, random }: LiveStoreOptions): LiveStore {
  const listeners = new Set<() => void>()
  const patchListeners = new Set<(patch: LivePatch) => void>()
  const tickListeners = new Set<(tick: LiveTick) => void>()
  const resyncListeners = new Set<() => void>()
  const first: LiveState = { ...IDLE_STATE, tick: firstTick }
  let state = first
  let running: AbortController | null = null
  let waiting: { cancel(): void } | null = null
  let sleeping: { cancel(): void } | null = null
  let epoch: string | null = null
  let lastEventId: string | null = null
  let attempt = 0

  const set = (change: Partial<LiveState>): void => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  /** Half of it is certain, so that a console that ends each stream at once is not asked without pause. */
  const jittered = (ms: number): number => ms * (0.5 + random() / 2)
  const setStream = (stream: StreamState): void => set({ stream })
  const resync = (): void => {
    for (const listener of resyncListeners) listener()
  }

  const takePatch = (patch: LivePatch): void => {
    if (state.isPaused) set({ held: state.held + patch.up.length + patch.turns.length + patch.rm.length })
    else for (const listener of patchListeners) listener(patch)
  }

  const takeTick = (tick: LiveTick): void => {
    for (const listener of tickListeners) listener(tick)
    set({ tick })
  }

  const take = (message: LiveMessage): void => {
    switch (message.event) {
      case 'hello':
        // Revisions of another run of the console mean nothing; and what came while nothing streamed was missed.
        if (epoch !== message.epoch || lastEventId === null) resync()
        if (epoch !== message.epoch) lastEventId = null
        epoch = message.epoch
        set({ build: message.build })
        break
      case 'patch':
        lastEventId = message.id ?? lastEventId
        takePatch(message.patch)
        break
      case 'tick':
        takeTick(message.tick)
        break
      case 'resync':
        resync()
        break
      default:
        break
    }
  }

  const heard = (): void => {
    const now = clock.now()
    const { stream } = state
    if (stream.kind === 'live' && now - stream.heardAt < HEARD_EVERY_MS) return
    attempt = 0
    setStream({ kind: 'live', heardAt: now })
  }

  const retryLater = (retryAfterMs: number | null, isFull: boolean): void => {
    attempt += 1
    const backOff = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1))
    const delay = Math.max(retryAfterMs ?? 0, jittered(backOff))
    const isPolling = isFull || attempt >= POLLING_FROM_ATTEMPT
    setStream({ kind: 'retrying', nextAt: clock.now() + delay, attempt, isPolling, isFull })
    waiting = clock.setTimeout(open, delay)
  }

  const ended = (end: StreamEnd): void => {
    if (end.kind === 'aborted') return
    if (end.kind === 'signed-out') setStream({ kind: 'signed-out', reason: end.reason })
    // Streams are ended by the console every ten minutes; that is no fault, and the next one begins where this one ended.
    else if (end.kind === 'ended' && attempt === 0) waiting = clock.setTimeout(open, jittered(FIRST_RETRY_MS))
    else retryLater('retryAfterMs' in end ? end.retryAfterMs : null, end.kind === 'full')
  }

  function open(): void {
    stop()
    const own = new AbortController()
    running = own
    if (!['retrying', 'live'].includes(state.stream.kind)) setStream({ kind: 'connecting' })
    const end = readStream({
      fetch,
      clock,
      signal: own.signal,
      lastEventId,
      onOpen: () => undefined,
      onBytes: () => own === running && heard(),
      onMessage: (message) => own === running && take(message),
    })
    // `readStream` never rejects.
    void end.then((result) => own === running && ended(result))
  }

  function stop(): void {
    waiting?.cancel()
    waiting = null
    running?.abort()
    running = null
  }

  const isLetGo = (): boolean => ['asleep', 'offline'].includes(state.stream.kind)

  return {
    get state() {
      return state
    },
    first,
    subscribe: (listener) => listen(listeners, listener),
    onPatch: (listener) => listen(patchListeners, listener),
    onTick: (listener) => listen(tickListeners, listener),
    onResync: (listener) => listen(resyncListeners, listener),
    setPaused(isPaused) {
      if (isPaused === state.isPaused) return
      const hadMissed = state.held > 0
      set({ isPaused, held: 0, pausedAt: isPaused ? clock.now() : null })
      if (!isPaused || hadMissed) resync()
    },
    takeTick(tick) {
      const known = state.tick
      if (state.stream.kind === 'retrying' && (!known || Date.parse(tick.now) > Date.parse(known.now))) takeTick(tick)
    },
    retryNow() {
      if (state.stream.kind !== 'signed-out') open()
    },
    resume: open,
    setVisible(isVisible) {
      sleeping?.cancel()
      sleeping = null
      if (isVisible && state.stream.kind === 'asleep') open()
      if (isVisible || isLetGo() || state.stream.kind === 'signed-out') return
      sleeping = clock.setTimeout(() => {
        stop()
        setStream({ kind: 'asleep' })
      }, ASLEEP_AFTER_MS)
    },
    setOnline(isOnline) {
      if (isOnline && state.stream.kind === 'offline') open()
      if (isOnline || state.stream.kind === 'signed-out') return
      stop()
      setStream({ kind: 'offline' })
    },
    start: open,
    close() {
      stop()
      sleeping?.cancel()
    },
  }
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
