import type { Clock } from '@holdfast/runtime'
import type { Beat, Partition } from '../contracts/index.ts'

/** A dead process stays listed for so long; one that left in order is soon nobody's concern. */
const DEAD_LISTED_MS = 600_000
/** One that others have replaced counts no more after so long a silence. */
export const REPLACED_LISTED_MS = 60_000
const LEFT_LISTED_MS = 10_000

/** A process, as its beats tell. Times are monotonic, by this reader's clock: clocks of processes are never compared. */
export interface KnownProcess {
  readonly id: string
  readonly beat: Beat
  /** Its last beat was made at this moment or later: what it had published by then has been read. */
  readonly asOf: number
  /** As `asOf`, of its last beat without a lag; null for none. */
  readonly appliedAsOf: number | null
  readonly hasLeft: boolean
}

export interface ProcessTable {
  /** `readAsOf`: when the topic had last been read to its end; a beat that was read since is not older than that. */
  heard(beat: Beat, readAsOf: number): void
  /** It published something as the partition's owner: that tells as much as a beat, and may come before one. */
  holds(id: string, partition: Partition, asOf: number): void
  get(id: string): KnownProcess | undefined
  all(): Iterable<KnownProcess>
  /** When the process was last known to own the partition; undefined for never. */
  heldAsOf(id: string, partition: Partition): number | undefined
  /** Forgets who is gone for long, and who has been silent for REPLACED_LISTED_MS while others have all that it held. */
  sweep(isReplaced: (process: KnownProcess) => boolean): void
}

export function createProcessTable(clock: Clock): ProcessTable {
  const processes = new Map<string, KnownProcess>()
  const held = new Map<Partition, Map<string, number>>()

  const holds = (id: string, partition: Partition, asOf: number): void => {
    const holders = held.get(partition)
    if (holders) holders.set(id, Math.max(asOf, holders.get(id) ?? asOf))
    else held.set(partition, new Map([[id, asOf]]))
  }

  return {
    holds,
    heard(beat, readAsOf) {
      const id = beat.process
      const before = processes.get(id)
      const asOf = Math.max(readAsOf, before?.asOf ?? Number.NEGATIVE_INFINITY)
      const appliedAsOf = beat.lag === 0 ? asOf : (before?.appliedAsOf ?? null)
      processes.set(id, { id, beat, asOf, appliedAsOf, hasLeft: beat.isLeaving })
      if (beat.isLeaving) return
      for (const partition of beat.partitions) holds(id, partition, asOf)
    },
    get: (id) => processes.get(id),
    all: () => processes.values(),
    heldAsOf: (id, partition) => held.get(partition)?.get(id),
    sweep(isReplaced) {
      const now = clock.monotonic()
      for (const known of processes.values()) {
        const { id, asOf, hasLeft } = known
        if (now - asOf < (hasLeft ? LEFT_LISTED_MS : DEAD_LISTED_MS) && !isReplaced(known)) continue
        processes.delete(id)
        for (const holders of held.values()) holders.delete(id)
      }
    },
  }
}
