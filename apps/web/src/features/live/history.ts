import type { LiveTick, Source } from '@holdfast/store/contracts'
import type { LiveStore } from './live-store.ts'

/** What is remembered of one tick, for sparks and beats. */
export interface Sample {
  /** The console's time, epoch ms. */
  at: number
  sessions: number
  wrong: number
  waiting: number
  lag: number
  /** How each source stood then. */
  sources: ReadonlyMap<string, Source['status']>
}

/** An hour of ticks. */
export const SAMPLES_MAX = 3_600
/** Between ticks that are further apart nothing was seen. */
export const GAP_MS = 5_000

export const sampleOf = ({ now, sessions, counts, queues, lag, sources }: LiveTick): Sample => ({
  at: Date.parse(now),
  sessions,
  wrong: counts.drifted + counts.missing + counts.ghost,
  waiting: queues.pending + queues.retrying,
  lag,
  sources: new Map(sources.map(({ id, status }) => [id, status])),
})

/** One more; the oldest goes. A tick that is not later than the last is passed over. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last && sample.at <= last.at) return samples
  return samples.length >= SAMPLES_MAX ? [...samples.slice(1 - SAMPLES_MAX), sample] : [...samples, sample]
}

/** What this tab has seen since it was opened: the console keeps no past of its own. */
export interface History {
  /** Oldest first. */
  readonly samples: readonly Sample[]
  subscribe(listener: () => void): () => void
  /** Takes each tick of the stream. Returns a function that ends it. */
  follow(live: Pick<LiveStore, 'state' | 'subscribe'>): () => void
}

export function createHistory(): History {
  const listeners = new Set<() => void>()
  let samples: readonly Sample[] = []
  return {
    get samples() {
      return samples
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    follow: (live) =>
      live.subscribe(() => {
        const { tick } = live.state
        const next = tick ? withSample(samples, sampleOf(tick)) : samples
        if (next === samples) return
        samples = next
        for (const listener of listeners) listener()
      }),
  }
}

/** Parts of the time from `from` to `to` in which this page saw something: what lies between them is a gap, never zero. */
export function seenRuns(samples: readonly Sample[], from: number, to: number): readonly (readonly Sample[])[] {
  const runs: Sample[][] = []
  for (const sample of samples) {
    if (sample.at < from || sample.at > to) continue
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && sample.at - last.at <= GAP_MS) run.push(sample)
    else runs.push([sample])
  }
  return runs
}

export type Beat = Source['status'] | 'unseen'

/** How a source stood in each of the last `count` seconds, oldest first; `unseen` where this page saw nothing. */
export function beatsOf(samples: readonly Sample[], id: string, now: number, count: number): readonly Beat[] {
  const beats: Beat[] = Array.from({ length: count }, () => 'unseen')
  for (const { at, sources } of samples.slice(-2 * count)) {
    const place = count - 1 - Math.round((now - at) / 1_000)
    const status = sources.get(id)
    if (place >= 0 && place < count && status !== undefined) beats[place] = status
  }
  // A tick may come a little late: between two that were seen nothing is missing.
  return beats.map((beat, index) => {
    const before = beats[index - 1]
    return beat === 'unseen' && before !== undefined && before !== 'unseen' && beats[index + 1] !== 'unseen'
      ? before
      : beat
  })
}
