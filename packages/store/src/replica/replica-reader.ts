import type { Clock } from '@holdfast/runtime'
import { PARTITIONS } from '../contracts/index.ts'
import type { Kafka } from '../kafka/create-kafka.ts'
import { createLogReader } from '../kafka/log-reader.ts'
import { TOPICS } from '../kafka/topics.ts'
import type { StateReplica } from './state-replica.ts'

/** How much later than published other servers' sessions may be known here. */
const COLLECT_MS = 20
/** A replica of which Kafka has not been asked for so long, or with so many records to read, shows what was. */
const LATE_MS = 2_000
const LAG_MAX = 500

export interface ReplicaReader {
  /** Resolves when everything that was published at the start was read. Rejects when closed before. */
  readonly read: Promise<void>
  readonly isRead: boolean
  /** Nothing that was published waits to be read. */
  readonly isFresh: boolean
  close(): Promise<void>
}

/** Fills a replica from `holdfast.state`, from the start and for as long as the process lives. */
export async function readReplica(options: {
  kafka: Kafka
  clock: Clock
  replica: Pick<StateReplica, 'apply'>
  onReopened: (problem: string) => void
}): Promise<ReplicaReader> {
  const { kafka, clock, replica, onReopened } = options
  let isRead = false
  const reader = await createLogReader({
    kafka,
    clock,
    topic: TOPICS.state,
    partitions: Array.from({ length: PARTITIONS }, (_, partition) => partition),
    from: 'start',
    collectMs: COLLECT_MS,
    onRecord: replica.apply,
    onReopened,
  })
  const read = reader.caughtUp.then(() => {
    isRead = true
  })
  read.catch(() => undefined) // who waits for it hears of it
  return {
    read,
    get isRead() {
      return isRead
    },
    get isFresh() {
      return isRead && reader.silentMs < LATE_MS && reader.lag < LAG_MAX
    },
    close: () => reader.close(),
  }
}
