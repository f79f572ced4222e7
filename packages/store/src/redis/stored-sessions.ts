import { z } from 'zod'
import { type Partition, parseSid, partitionOf, type Sid } from '../contracts/index.ts'
import type { Redis } from './create-redis.ts'
import { keys } from './keys.ts'

/** What Redis holds of one session: its hash (empty for none) and its entry in the index (null for none). */
export interface StoredSession {
  hash: Readonly<Record<string, string>>
  version: string | null
}

const hashSchema = z.record(z.string(), z.string())
const versionSchema = z.string().nullable()

/**
 * Reads hashes, each right beside its index entry, in one round trip; nothing is written. What is there instead of a hash (a
 * hand has put it) reads as none. Rejects when Redis does. For observers: two commands of one session may see a write between
 * them, and tell so by another version.
 */
export async function readStoredSessions(redis: Redis, sids: readonly Sid[]): Promise<Map<Sid, StoredSession>> {
  const pipeline = redis.pipeline()
  for (const sid of sids) pipeline.hgetall(keys.session(sid)).hget(keys.versions(partitionOf(sid)), sid)
  const answers = (await pipeline.exec()) ?? []
  const stored = new Map<Sid, StoredSession>()
  for (const [at, sid] of sids.entries()) {
    stored.set(sid, {
      hash: hashSchema.parse(answerOf(answers[2 * at]) ?? {}),
      version: versionSchema.parse(answerOf(answers[2 * at + 1]) ?? null),
    })
  }
  return stored
}

/** The index of each partition: sid -> version. Rejects when Redis does. What is no sid is left out. */
export async function readVersions(
  redis: Redis,
  partitions: readonly Partition[],
): Promise<Map<Partition, Map<Sid, string>>> {
  const pipeline = redis.pipeline()
  for (const partition of partitions) pipeline.hgetall(keys.versions(partition))
  const answers = (await pipeline.exec()) ?? []
  const indexes = new Map<Partition, Map<Sid, string>>()
  for (const [at, partition] of partitions.entries()) {
    const index = new Map<Sid, string>()
    for (const [field, version] of Object.entries(hashSchema.parse(answerOf(answers[at]) ?? {}))) {
      const sid = parseSid(field)
      if (sid && partitionOf(sid) === partition) index.set(sid, version)
    }
    indexes.set(partition, index)
  }
  return indexes
}

function answerOf(answer: [Error | null, unknown] | undefined): unknown {
  if (!answer) throw new Error('Redis has left a command unanswered')
  const [error, value] = answer
  if (!error) return value
  if (error.message.startsWith('WRONGTYPE')) return null
  throw error
}

/** Keys that one call looks at: some tens of microseconds of Redis. */
const SCANNED_AT_ONCE = 200
const SESSION_KEY = /^hf:\{(\d+)\}:s:(.+)$/

/** One step through the keyspace for session hashes, whatever the indexes name; begin and end with cursor `0`. */
export async function scanSessions(redis: Redis, cursor: string): Promise<{ cursor: string; sids: Sid[] }> {
  const [next, found] = await redis.scan(cursor, 'MATCH', 'hf:{*}:s:*', 'COUNT', SCANNED_AT_ONCE)
  const sids: Sid[] = []
  for (const key of found) {
    const sid = parseSid(SESSION_KEY.exec(key)?.[2] ?? '')
    if (sid && key === keys.session(sid)) sids.push(sid)
  }
  return { cursor: next, sids }
}
