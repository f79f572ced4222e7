import type { EventItem, LiveTick } from '@holdfast/store/contracts'

/** An event's time is of the clock of who told it. */
const CLOCKS_APART_MS = 2_000

/**
 * Whether events are not heard now, and since when where that is known (ISO); null: they are heard. The readers of the console come
 * back one after the other: an event that is newer than the last answer of the others is the better witness. `items`: newest first.
 */
export function unheardSince(
  tick: Pick<LiveTick, 'kafka' | 'sources'> | null,
  items: readonly Pick<EventItem, 'kind' | 'at'>[],
): { since: string | null } | null {
  if (tick?.kafka.up !== false) return null
  const since = tick.sources.find(({ id }) => id === 'kafka')?.observedAt ?? null
  const newest = items.find(({ kind }) => kind === 'event')?.at
  const isHeard = since !== null && newest !== undefined && Date.parse(newest) > Date.parse(since) + CLOCKS_APART_MS
  return isHeard ? null : { since }
}
