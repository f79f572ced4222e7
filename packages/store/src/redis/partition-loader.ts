import { z } from 'zod'
import {
  fromPairs,
  type HashReading,
  type Partition,
  parseSid,
  type SessionRecord,
  type Sid,
} from '../contracts/index.ts'
import type { Redis } from './create-redis.ts'
import { keys } from './keys.ts'
import { createHashesReader, READ_AT_ONCE, type StoredHash } from './read-hashes.ts'

/** Tombstones are kept longer than the log (24 h), so that no replay revives a session. */
export const TOMBSTONE_KEPT_MS = 48 * 3_600_000

/**
 * Partitions read at once. A lone server takes over all 64: read all at once, 100,000 sessions would be commands in
 * one queue of which the last ones time out, and answers to parse for longer than the group waits for a heartbeat.
 */
const LOADS_AT_ONCE = 4

export interface StoredPartition {
  sessions: Map<Sid, SessionRecord>
  /** sid -> when it ended, epoch ms. */
  dead: Map<Sid, number>
  /** Sessions whose hash cannot be read or has gone, with why. */
  unreadable: { sid: Sid; problem: string }[]
}

/** Reads partitions (see loadPartition), LOADS_AT_ONCE at a time, in the order in which they are asked for. */
export function createPartitionLoader(
  redis: Redis,
  now: () => number,
): (partition: Partition) => Promise<StoredPartition> {
  const waiting: (() => void)[] = []
  let loading = 0
  return async (partition) => {
    if (loading >= LOADS_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    else loading++
    try {
      return await loadPartition(redis, partition, now())
    } finally {
      const next = waiting.shift()
      if (next) next()
      else loading--
    }
  }
}

/**
 * All that Redis holds of a partition. Call it holding the fence: then nobody else writes server fields meanwhile
 * (gateways may still write theirs; their events follow in the log). Rejects when Redis does; nothing is changed.
 */
export async function loadPartition(redis: Redis, partition: Partition, now: number): Promise<StoredPartition> {
  await redis.zremrangebyscore(keys.dead(partition), 0, now - TOMBSTONE_KEPT_MS)
  const dead = readDead(z.array(z.string()).parse(await redis.zrange(keys.dead(partition), '0', '-1', 'WITHSCORES')))
  const sids = (await redis.hkeys(keys.versions(partition))).map(parseSid).filter((sid) => sid !== null)
  const readHashes = createHashesReader(redis)
  const sessions = new Map<Sid, SessionRecord>()
  const unreadable: StoredPartition['unreadable'] = []
  for (let i = 0; i < sids.length; i += READ_AT_ONCE) {
    const chunk = sids.slice(i, i + READ_AT_ONCE)
    const hashes = await readHashes(chunk.map(keys.session))
    for (const [at, sid] of chunk.entries()) {
      const reading = recordOf(sid, hashes[at] ?? 'none')
      if (reading.ok) sessions.set(sid, reading.record)
      else unreadable.push({ sid, problem: reading.problem })
    }
  }
  return { sessions, dead, unreadable }
}

function recordOf(sid: Sid, hash: StoredHash): HashReading {
  if (hash === 'none') return { ok: false, problem: 'no hash' }
  if (hash === 'other') return { ok: false, problem: 'not a hash' }
  return fromPairs(sid, hash)
}

function readDead(flat: readonly string[]): Map<Sid, number> {
  const dead = new Map<Sid, number>()
  for (let i = 0; i < flat.length; i += 2) {
    const sid = parseSid(flat[i] ?? '')
    if (sid) dead.set(sid, Number(flat[i + 1]))
  }
  return dead
}
