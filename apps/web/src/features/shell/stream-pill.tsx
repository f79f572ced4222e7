'use client'

import { useLive, useLiveStore, useNow } from '#features/live/services.tsx'
import type { LiveState } from '#features/live/stream-state.ts'
import { ageText } from '#ui/format/duration.ts'
import { counted } from '#ui/format/number.ts'
import { Icon, type IconName } from '#ui/icon.tsx'

interface Pill {
  icon: IconName | null
  text: string
  /** More of it, in a sentence. */
  why?: string
  look?: 'amber' | 'bad'
  canRetry?: boolean
}

const BEHIND_MS = 2_000
/** So many pages of one sign-in may have a stream (docs/api.md, Limits). */
const STREAMS = 4
const FULL = `${STREAMS} pages of this sign-in are live, the most there may be. This one asks every 5 s.`

/** `now` by the browser's clock, as the stream's times are. */
export function pillOf({ stream, tick, isPaused, held }: LiveState, now: number): Pill {
  switch (stream.kind) {
    case 'offline':
      return { icon: 'close', text: 'Offline' }
    case 'signed-out':
      return { icon: 'lock', text: 'Signed out', look: 'bad' }
    case 'asleep':
      return { icon: 'pause', text: 'Asleep' }
    case 'connecting':
      return { icon: 'settling', text: 'Connecting' }
    case 'retrying':
      if (stream.isFull) return { icon: 'recheck', text: `Polling, ${STREAMS} pages live`, why: FULL, canRetry: true }
      if (stream.isPolling) return { icon: 'recheck', text: 'Polling every 5 s', canRetry: true }
      return { icon: 'settling', text: `Reconnecting in ${seconds(stream.nextAt - now)} s`, canRetry: true }
    case 'live':
      if (isPaused) return { icon: 'pause', text: held > 0 ? `Paused, ${counted(held, 'change')} held` : 'Paused' }
      if (tick?.behindMs && tick.behindMs > BEHIND_MS)
        return { icon: 'clock', text: `Behind ${seconds(tick.behindMs)} s`, look: 'amber' }
      return { icon: null, text: `Live ${ageText(now - stream.heardAt)}` }
  }
}

const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1_000))

/** How old what is shown may be, and why. */
export function StreamPill() {
  useNow() // anew each second
  const state = useLive((each) => each)
  const live = useLiveStore()
  const { icon, text, why, look, canRetry = false } = pillOf(state, Date.now())
  return (
    <span className="pill" data-look={look} title={why}>
      {icon === null ? <span className="pill-live" /> : <Icon name={icon} size="s" />}
      <span>
        {text}
        {why && <span className="sr-only">. {why}</span>}
      </span>
      {canRetry && (
        <button type="button" className="link min-h-6" onClick={live.retryNow}>
          now
        </button>
      )}
    </span>
  )
}
