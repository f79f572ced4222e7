import type { LiveTick } from '@holdfast/store/contracts'

/** Ticks are streamed each second, or asked for every four while nothing streams: an older one was not followed by its next. */
const OLD_MS = 6_000
/** Two were asked for since, and none was answered: what it says is not known now. */
const DEAD_MS = 12_000

/** How far the last tick can be trusted, by the console's time. */
export function tickAge({ now: told }: Pick<LiveTick, 'now'>, now: number): 'fresh' | 'ageing' | 'dead' {
  const age = now - Date.parse(told)
  return age > DEAD_MS ? 'dead' : age > OLD_MS ? 'ageing' : 'fresh'
}
