import { type Clock, systemClock } from '@holdfast/runtime'
import { createBatcher, createKafka, createSessionScripts } from '@holdfast/store'
import { PARTITIONS, partitionOf, type SessionRecord, type Sid } from '@holdfast/store/contracts'
import type { Redis } from 'ioredis'
import {
  createOwnedPartition,
  markAllDirty,
  type OwnedPartition,
} from '../packages/store/src/partition/owned-partition.ts'
import { createBreaker } from '../packages/store/src/write-behind/breaker.ts'
import { startFlushLoop } from '../packages/store/src/write-behind/flush-loop.ts'
import { createPartitionFlusher, type PartitionFlusher } from '../packages/store/src/write-behind/partition-flusher.ts'

const OWNER = 'server-0123456789ab'
/** All of a large store; a flush that failed is tried again until then, as the product does. */
const STORED_WITHIN_MS = 60_000
const LOOK_MS = 10

/** All partitions as one server owns them, with the product's own flushers. */
export interface StoredPartitions {
  of(sid: Sid): { owned: OwnedPartition; flusher: PartitionFlusher }
  /** Flushes what is dirty; resolves when each partition has tried once. */
  flushDue(): Promise<void>
  readonly all: readonly OwnedPartition[]
  /** What an owner does when it finds that its Redis was wiped: acquires, and writes everything again. */
  rebuild(): Promise<void>
  /** Flushes that did not go as they should; a bench whose run has any is void. */
  readonly troubles: readonly string[]
  close(): Promise<void>
}

/**
 * Acquires every partition and puts the sessions in, stored. The batcher is the real one and has nothing to send, so no
 * flush waits for Kafka: the reference does not, either.
 */
export async function storePartitions(redis: Redis, records: readonly SessionRecord[]): Promise<StoredPartitions> {
  const scripts = createSessionScripts(redis)
  const troubles: string[] = []
  const trouble = (what: string) => () => void troubles.push(what)
  const kafka = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'bench', onWarning: trouble('kafka') })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: trouble('batcher') })
  const breaker = createBreaker(systemClock, Math.random)
  const events = {
    onFenced: trouble('fenced'),
    onRolledBack: trouble('rolled back'),
    onDead: trouble('dead'),
    onNewerConnection: trouble('newer connection'),
    onStored: () => undefined,
    onFailed: (_fields: readonly string[], problem: string) => void troubles.push(problem),
    onDeadLetter: trouble('dead letter'),
    onCall: () => undefined,
  }
  const owns = await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, partition) => {
      const owned = createOwnedPartition(partition, systemClock, null)
      const { epoch } = await scripts.acquire(partition, OWNER, 0)
      Object.assign(owned, { epoch, next: 0, loaded: true, ready: true })
      const flusher = createPartitionFlusher({
        owned,
        owner: OWNER,
        scripts,
        batcher,
        breaker,
        clock: systemClock,
        random: Math.random,
        isCurrent: () => true,
        events,
      })
      return { owned, flusher }
    }),
  )
  const of = (sid: Sid) => {
    const own = owns[partitionOf(sid)]
    if (!own) throw new Error(`no partition for ${sid}`)
    return own
  }
  const flushDue = tickedFlushLoop(owns.map(({ flusher }) => flusher))
  const untilStored = async (): Promise<void> => {
    const endsAt = performance.now() + STORED_WITHIN_MS
    for (await flushDue(); owns.some(({ owned }) => !owned.dirty.isEmpty); await flushDue()) {
      if (performance.now() > endsAt) throw new Error(`not all is stored: ${troubles.at(-1) ?? 'nobody has said why'}`)
      await systemClock.sleep(LOOK_MS)
    }
  }
  for (const record of records) of(record.sid).owned.sessions.put(record, false)
  await untilStored()
  const rebuild = async (): Promise<void> => {
    for (const { owned } of owns) {
      const { epoch } = await scripts.acquire(owned.partition, OWNER, owned.epoch + 1)
      Object.assign(owned, { epoch, acknowledged: 0 })
      markAllDirty(owned)
    }
    await untilStored()
  }
  const all = owns.map(({ owned }) => owned)
  return { of, all, flushDue, rebuild, troubles, close: async () => void (await batcher.close(0)) }
}

/** The product's loop, with its bound of flushes at once; only its timer is ours, so that no round waits for a tick. */
function tickedFlushLoop(flushers: readonly PartitionFlusher[]): () => Promise<void> {
  let tick = (): void => undefined
  let left = 0
  let done = (): void => undefined
  const clock: Clock = {
    ...systemClock,
    setInterval(fn) {
      tick = fn
      return { cancel: () => undefined }
    },
  }
  const counted = flushers.map((flusher) => ({
    ...flusher,
    flush: () =>
      flusher.flush().finally(() => {
        left--
        if (left === 0) done()
      }),
  }))
  startFlushLoop(clock, () => counted)
  return () =>
    new Promise((resolve) => {
      left = flushers.filter((flusher) => flusher.isDue()).length
      done = resolve
      if (left === 0) resolve()
      else tick()
    })
}
