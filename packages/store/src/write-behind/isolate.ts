import type { Sid } from '../contracts/index.ts'
import type { FlushItem } from '../redis/session-scripts.ts'

/** Calls that one flush may spend on finding what Redis refuses: enough for three sessions among three hundred. */
export const ISOLATION_CALLS_MAX = 64

export type Stored = 'stored' | 'stopped' | { kind: 'permanent'; problem: string }

export interface Isolated {
  /**
   * `done`: everything else is stored. `stopped`: `store` said so. `unfinished`: out of calls, or the fault is not one of the
   * sessions' but of the keys they share, and then nobody is dead.
   */
  kind: 'done' | 'stopped' | 'unfinished'
  dead: { sid: Sid; problem: string }[]
}

/**
 * A call with all of `part` was refused for good: finds by halves which of its sessions are the reason, and stores the
 * others on the way. Order within a flush means nothing: each session is in it once.
 */
export async function isolate(
  part: readonly FlushItem[],
  problem: string,
  store: (items: readonly FlushItem[]) => Promise<Stored>,
): Promise<Isolated> {
  const dead: Isolated['dead'] = []
  // Nothing at all is refused too: the partition's own keys are the reason.
  const bare = await store([])
  if (bare !== 'stored') return { kind: bare === 'stopped' ? 'stopped' : 'unfinished', dead }
  let calls = 1
  const suspected: { items: readonly FlushItem[]; problem: string }[] = [{ items: part, problem }]
  for (let group = suspected.pop(); group; group = suspected.pop()) {
    const [first] = group.items
    if (group.items.length <= 1) {
      if (first) dead.push({ sid: first.sid, problem: group.problem })
      continue
    }
    const middle = Math.ceil(group.items.length / 2)
    for (const half of [group.items.slice(0, middle), group.items.slice(middle)]) {
      if (calls++ >= ISOLATION_CALLS_MAX) return { kind: 'unfinished', dead }
      const outcome = await store(half)
      if (outcome === 'stopped') return { kind: 'stopped', dead }
      if (outcome !== 'stored') suspected.push({ items: half, problem: outcome.problem })
    }
  }
  return { kind: 'done', dead }
}
