import { type Clock, messageOf } from '@holdfast/runtime'
import { PARTITIONS, type Partition, partitionOf, type Sid } from '../contracts/index.ts'
import type { Redis } from '../redis/create-redis.ts'
import { createRedisReader, type RedisCopy } from '../redis/redis-copies.ts'
import type { ReadingSchedule } from './reading-schedule.ts'

const TICK_MS = 100
const PING_MS = 1_000
/** A step through the keys twice a second: 2,000 keys. */
const LOOKS_PER_SCAN = 5
/** Each index is read within two seconds, a few of them at each tick. */
const INDEXES_PER_TICK = Math.ceil((PARTITIONS * TICK_MS) / 2_000)

export interface RedisObserverOptions {
  /** For what is read in bulk. */
  redis: Redis
  /** For the ping, so that it waits behind nothing. */
  pinging: Redis
  clock: Clock
  schedule: ReadingSchedule
  /** The index entry that was read last; undefined for a session that is not known, null for no entry. */
  versionOf: (sid: Sid) => string | null | undefined
  onStored: (sid: Sid, stored: RedisCopy, readAt: number) => void
  onTrouble: (problem: string) => void
}

export interface RedisObserver {
  /** Monotonic; null before the first answer. */
  readonly answeredAt: number | null
  readonly ping: { isAnswered: boolean; ms: number | null } | null
  close(): void
}

/**
 * Looks at Redis without ever writing to it: indexes in turn (what changed is read at once), hashes in rounds (a hand changes no
 * version), and the keyspace itself by a slow SCAN (a hash that no index names). One request at a time: a Redis that is slow is
 * asked less. Readings are dated by when they were asked for.
 */
export function startRedisObserver(options: RedisObserverOptions): RedisObserver {
  const { redis, pinging, clock, schedule, versionOf, onStored, onTrouble } = options
  const reader = createRedisReader(redis)
  const indexed = new Map<Partition, ReadonlySet<Sid>>()
  let nextIndex = 0
  let cursor = '0'
  let looks = 0
  let answeredAt: number | null = null
  let ping: RedisObserver['ping'] = null

  const compare = (partition: Partition, index: ReadonlyMap<Sid, string>): void => {
    for (const [sid, version] of index)
      if (partitionOf(sid) === partition && versionOf(sid) !== version) schedule.hurry(sid)
    for (const sid of indexed.get(partition) ?? []) if (!index.has(sid) && versionOf(sid)) schedule.hurry(sid)
    indexed.set(partition, new Set(index.keys()))
  }

  const readIndexes = async (): Promise<void> => {
    const partitions = Array.from({ length: INDEXES_PER_TICK }, (_, i) => (nextIndex + i) % PARTITIONS)
    nextIndex = (nextIndex + INDEXES_PER_TICK) % PARTITIONS
    const indexes = await Promise.all(partitions.map((partition) => reader.index(partition)))
    for (const [at, partition] of partitions.entries()) compare(partition, indexes[at] ?? new Map())
    answeredAt = clock.monotonic()
  }

  const readPartition = async (partition: Partition, sids: readonly Sid[], readAt: number): Promise<void> => {
    const { copies } = await reader.sessions(partition, sids)
    for (const [at, sid] of sids.entries()) {
      const copy = copies[at]
      if (copy) onStored(sid, copy, readAt)
    }
  }

  const readHashes = async (): Promise<void> => {
    const readAt = clock.monotonic()
    const sids = schedule.take(readAt, TICK_MS)
    if (sids.length === 0) return
    const byPartition = Map.groupBy(sids, partitionOf)
    try {
      await Promise.all([...byPartition].map(([partition, some]) => readPartition(partition, some, readAt)))
    } catch (error) {
      for (const sid of sids) schedule.hurry(sid)
      throw error
    }
    answeredAt = clock.monotonic()
  }

  const scan = async (): Promise<void> => {
    looks++
    if (looks % LOOKS_PER_SCAN !== 0) return
    const found = await reader.scan(cursor)
    cursor = found.cursor
    for (const sid of found.sids) if (versionOf(sid) === undefined) schedule.hurry(sid)
  }

  const look = async (): Promise<void> => {
    await readIndexes()
    await readHashes()
    await scan()
  }

  const askPing = async (): Promise<void> => {
    const askedAt = clock.monotonic()
    await pinging.ping()
    answeredAt = clock.monotonic()
    ping = { isAnswered: true, ms: answeredAt - askedAt }
  }

  const looking = repeatAlone(clock, TICK_MS, look, onTrouble)
  const pings = repeatAlone(clock, PING_MS, askPing, (problem) => {
    ping = { isAnswered: false, ms: null }
    onTrouble(problem)
  })
  return {
    get answeredAt() {
      return answeredAt
    },
    get ping() {
      return ping
    },
    close() {
      looking.cancel()
      pings.cancel()
    },
  }
}

/** Each `everyMs`, but never before the last one has ended. */
function repeatAlone(clock: Clock, everyMs: number, work: () => Promise<void>, onFailed: (problem: string) => void) {
  let isWorking = false
  return clock.setInterval(() => {
    if (isWorking) return
    isWorking = true
    work()
      .catch((error: unknown) => onFailed(messageOf(error)))
      .finally(() => {
        isWorking = false
      })
  }, everyMs)
}
