import type { Clock } from '@holdfast/runtime'
import { stateRecordSchema } from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import type { Kafka } from '../kafka/create-kafka.ts'
import { decode, encode } from '../kafka/envelope.ts'
import { createLogReader, type LogRecord } from '../kafka/log-reader.ts'
import { TOPICS } from '../kafka/topics.ts'

/** All blocks of handles lie in one partition, so that they have one order. */
const PARTITION = 0
const KEY = 'handles/'

export interface HandleLog {
  /** The highest handle that any gateway may have given, as far as the log was read. */
  readonly floor: number
  /**
   * Writes into the log that this process may give handles up to `end`. Resolves when that has come back from there, with
   * the floor that lay before it. Waits as long as Kafka is away.
   */
  claim(slot: number, end: number): Promise<number>
  close(): Promise<void>
}

/**
 * What the log knows of handles: each block's end is there before the first of the block is given, so that a Redis that
 * comes back older, or empty, gives none of them again. Resolves when the log was read to its end.
 */
export async function openHandleLog(options: {
  kafka: Kafka
  batcher: Pick<Batcher, 'send'>
  clock: Clock
  /** This process, as its own records name it. */
  incarnation: string
  onReopened: (problem: string) => void
}): Promise<HandleLog> {
  const { kafka, batcher, clock, incarnation, onReopened } = options
  const claims = new Map<number, (before: number) => void>()
  let floor = 0

  const onRecord = ({ key, value }: LogRecord): void => {
    if (!key?.startsWith(KEY)) return // the partition's sessions
    const decoded = decode(stateRecordSchema, value)
    if (!decoded.ok || decoded.value.kind !== 'handles') return
    const { end, from } = decoded.value
    const before = floor
    floor = Math.max(floor, end)
    if (from !== incarnation) return
    claims.get(end)?.(before)
    claims.delete(end)
  }

  const reader = await createLogReader({
    kafka,
    clock,
    topic: TOPICS.state,
    partitions: [PARTITION],
    from: 'start',
    onRecord,
    onReopened,
  })
  await reader.caughtUp
  return {
    get floor() {
      return floor
    },
    claim(slot, end) {
      const value = encode({ v: 1, kind: 'handles', at: clock.now(), slot, from: incarnation, end })
      return new Promise((resolve) => {
        claims.set(end, resolve)
        batcher.send({ topic: TOPICS.state, partition: PARTITION, key: `${KEY}${slot}`, value })
      })
    },
    close: () => reader.close(),
  }
}
