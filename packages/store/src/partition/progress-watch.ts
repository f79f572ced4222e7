import type { Clock } from '@holdfast/runtime'
import { OperationalError } from '@holdfast/runtime'
import type { Partition } from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import type { GroupReader } from '../kafka/group-reader.ts'
import type { Watermarks } from '../kafka/topics.ts'
import type { OwnedPartition } from './owned-partition.ts'
import type { Life } from './ownership.ts'

const LOOK_MS = 1_000
/** A partition that does not move for so long though records wait is stuck (kafkajs issue 1616). */
const STUCK_MS = 10_000
/** Kafka counts as away when a question or a record has waited so long. */
const KAFKA_LATE_MS = 3_000
/** Answers of Kafka that are remembered: the last may always be a few records ahead of a busy partition. */
const MARKS_KEPT = 8

export interface ProgressWatch {
  /** Records that wait in all owned partitions, as last seen. */
  readonly lag: number
  readonly isKafkaUp: boolean
  /**
   * The latest moment, monotonic ms, up to which everything that was in the log of the partition then is applied; -Infinity
   * where that is longer ago than the last few looks.
   */
  caughtUpAt(owned: Pick<OwnedPartition, 'partition' | 'next'>): number
  close(): void
}

/**
 * Looks each second how far the partitions are behind the log. A partition that is ready but paused is resumed (a pause
 * flag that survived a rebalance would silence it), one that is stuck ends the process: being started again is the cure.
 */
export function startProgressWatch(options: {
  clock: Clock
  group: GroupReader
  lives: () => Iterable<Life>
  batcher: Batcher
  onStuck: (error: Error) => void
}): ProgressWatch {
  const { clock, group, lives, batcher, onStuck } = options
  const moved = new Map<Partition, { next: number; at: number }>()
  let lag = 0
  let answeredAt = clock.monotonic()
  let asking = false
  let recent: { askedAt: number; marks: Watermarks }[] = []

  const look = ({ owned, line }: Life, high: number, paused: ReadonlySet<Partition>): void => {
    const { partition, next, ready } = owned
    lag += Math.max(0, high - next)
    if (ready && paused.has(partition) && !line.isFull) group.resume([partition])
    const last = moved.get(partition)
    const now = clock.monotonic()
    // While the group does not hear of us (Kafka was away, we were frozen) nothing can be delivered: no time counts.
    const isServed = owned.loaded && !batcher.isFull && group.isMembershipFresh()
    if (!last || last.next !== next || high <= next || !isServed) {
      moved.set(partition, { next, at: now })
    } else if (now - last.at > STUCK_MS) {
      onStuck(
        new OperationalError(`partition ${partition} does not move at ${next} of ${high}`, { code: 'PARTITION_STUCK' }),
      )
    }
  }

  const lookAtAll = async (): Promise<void> => {
    const askedAt = clock.monotonic()
    const marks = await group.watermarks()
    recent = [{ askedAt, marks }, ...recent].slice(0, MARKS_KEPT)
    answeredAt = clock.monotonic()
    const paused = new Set(group.paused())
    lag = 0
    for (const life of lives()) look(life, marks.get(life.owned.partition)?.high ?? 0, paused)
  }

  const timer = clock.setInterval(() => {
    if (asking) return
    asking = true
    lookAtAll()
      .catch(() => undefined) // only when closing
      .finally(() => {
        asking = false
      })
  }, LOOK_MS)

  return {
    get lag() {
      return lag
    },
    get isKafkaUp() {
      return clock.monotonic() - answeredAt < KAFKA_LATE_MS && batcher.oldestMs < KAFKA_LATE_MS
    },
    caughtUpAt: ({ partition, next }) =>
      recent.find(({ marks }) => next >= (marks.get(partition)?.high ?? 0))?.askedAt ?? Number.NEGATIVE_INFINITY,
    close: () => timer.cancel(),
  }
}
