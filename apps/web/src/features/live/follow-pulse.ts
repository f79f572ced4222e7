import type { Clock } from '@holdfast/runtime/clock'
import type { LiveTick } from '@holdfast/store/contracts'
import type { LiveStore } from './live-store.ts'

/** A little more often than what is five seconds old, which counts as unknown. */
export const PULSE_MS = 4_000

export interface PulseOptions {
  live: Pick<LiveStore, 'state' | 'subscribe' | 'takeTick'>
  /** Asks the console for what the stream would tell; rejects where it does not answer. */
  ask: () => Promise<LiveTick>
  clock: Clock
}

/**
 * Asks for the figures of the frame while the stream is broken: at once, and then every four seconds. One that is not answered is
 * no figure: what is shown ages until the next. Returns a function that ends it.
 */
export function followPulse({ live, ask, clock }: PulseOptions): () => void {
  let asking: { cancel(): void } | null = null
  const look = (): void => {
    ask().then(live.takeTick, () => undefined) // the frame says by its age that nothing came
  }
  const follow = (): void => {
    const isBroken = live.state.stream.kind === 'retrying'
    if (isBroken && asking === null) {
      asking = clock.setInterval(look, PULSE_MS)
      look()
    } else if (!isBroken) {
      asking?.cancel()
      asking = null
    }
  }
  const stop = live.subscribe(follow)
  follow()
  return () => {
    stop()
    asking?.cancel()
  }
}
