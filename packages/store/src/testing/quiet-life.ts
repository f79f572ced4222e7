import type { Clock } from '@holdfast/runtime'
import type { Partition, Sid } from '../contracts/index.ts'
import { createOwnedPartition } from '../partition/owned-partition.ts'
import type { Life } from '../partition/ownership.ts'

/** A loaded and ready life in which nothing happens by itself. */
export function quietLife(partition: Partition, clock: Clock): Life & { active: Set<Sid>; lineIsFull: boolean } {
  const owned = createOwnedPartition(partition, clock, null)
  Object.assign(owned, { epoch: 7, next: 40, fetched: 40, loaded: true, ready: true })
  const life = {
    owned,
    active: new Set<Sid>(),
    lineIsFull: false,
    line: {
      enqueue: () => undefined,
      length: 0,
      get isFull() {
        return life.lineIsFull
      },
      takeActive(): ReadonlySet<Sid> {
        const taken = life.active
        life.active = new Set()
        return taken
      },
    },
    flusher: {
      isDue: () => false,
      flush: () => Promise.resolve(),
      storeBinding: (): Promise<'stored'> => Promise.resolve('stored'),
      retryNow: () => 0,
      drop: () => null,
    },
    worker: { start: () => undefined, close: () => undefined },
    since: 0,
    gapAt: null,
  }
  return life
}
