import { createRedis } from '@holdfast/store'
import { fromHash, PARTITIONS, type SessionRecord, toHash } from '@holdfast/store/contracts'
import type { Redis } from 'ioredis'
import { compareIndex } from '../packages/store/src/audit/passes.ts'
import { keys } from '../packages/store/src/redis/keys.ts'
import { createPartitionLoader } from '../packages/store/src/redis/partition-loader.ts'
import { createRedisReader } from '../packages/store/src/redis/redis-copies.ts'
import { atMost, type Claim, type Pair, rounds, rowOf } from './measure.ts'
import { startOwnRedis } from './own-redis.ts'
import { newSessions } from './sessions.ts'
import { type StoredPartitions, storePartitions } from './stored-partitions.ts'

const SESSIONS = 100_000
const ROUNDS = 5
const WARM_UPS = 1
const CHUNK = 1_000
const LOAD_MS_MAX = 2_000
const AUDIT_MS_MAX = 250
const SESSION_BYTES_MAX = 600

/** A game with 100,000 players: what Redis costs when it has lost everything, at a takeover of everything, and each audit. */
export async function largeStore(): Promise<Claim> {
  const redis = await startOwnRedis()
  const bulk = createRedis(`redis://127.0.0.1:${redis.port}`, 'bulk', (error) =>
    console.error(`Redis: ${error.message}`),
  )
  try {
    const records = newSessions(SESSIONS)
    const before = await usedBytes(redis.plain)
    const stored = await storePartitions(redis.ours, records)
    const bytes = ((await usedBytes(redis.plain)) - before) / SESSIONS
    const found = await rounds(ROUNDS, WARM_UPS, measures({ bulk, plain: redis.plain }, stored, records))
    await stored.close()
    const note = stored.troubles.length > 0 ? `${stored.troubles.length} flushes had to be tried again` : undefined
    const pairs = (ours: Measured, base: Measured): Pair[] =>
      found.map((each) => ({ ours: each[ours], base: each[base] }))
    const perSession = [{ ours: bytes, base: valueBytes(records) }]
    return {
      name: 'large-store',
      title: `${SESSIONS.toLocaleString('en')} sessions`,
      method: [
        `${SESSIONS} sessions of players at play over all ${PARTITIONS} partitions, ${ROUNDS} rounds after ${WARM_UPS} to warm up; everything in one process and one Redis.`,
        'Rebuild: after FLUSHALL, all partitions acquired and every session written again by the product’s flushers, fenced and indexed; beside pipelined HSET of the same hashes.',
        'Load: what a takeover of all partitions reads and parses; beside pipelined HGETALL of the same hashes, not parsed.',
        'Audit: the pass that compares the index of every partition with memory; beside HGETALL of the same indexes.',
        'Bytes: growth of Redis’s used_memory a session, with index and keys; beside the bytes of the values alone.',
      ],
      rows: [
        rowOf(
          { what: 'rebuild after a wipe', reference: 'pipelined HSET', unit: 'ms', goal: atMost(2), note },
          pairs('rebuild', 'hset'),
        ),
        rowOf(
          {
            what: 'load at a takeover of all',
            reference: 'pipelined HGETALL',
            unit: 'ms',
            goal: atMost(LOAD_MS_MAX, 'ours'),
          },
          pairs('load', 'hgetall'),
        ),
        rowOf(
          { what: 'audit pass', reference: 'HGETALL of the indexes', unit: 'ms', goal: atMost(AUDIT_MS_MAX, 'ours') },
          pairs('audit', 'indexes'),
        ),
        rowOf(
          {
            what: 'Redis memory a session',
            reference: 'its values alone',
            unit: 'bytes',
            goal: atMost(SESSION_BYTES_MAX, 'ours'),
          },
          perSession,
        ),
      ],
    }
  } finally {
    bulk.disconnect()
    await redis.stop()
  }
}

type Measured = 'rebuild' | 'hset' | 'load' | 'hgetall' | 'audit' | 'indexes'

function measures(
  { bulk, plain }: { bulk: Redis; plain: Redis },
  stored: StoredPartitions,
  records: readonly SessionRecord[],
): Record<Measured, () => Promise<number>> {
  const hashes = records.map((record) => [keys.session(record.sid), hashOf(record)] as const)
  const reader = createRedisReader(plain)
  const partitions = stored.all.map(({ partition }) => partition)
  return {
    async hset() {
      await plain.flushall()
      const ms = await timed(() => inChunks(hashes, ([key, hash]) => plain.hset(key, hash)))
      await stored.rebuild() // leaves the store as the other measures want it
      return ms
    },
    async rebuild() {
      await plain.flushall()
      return timed(() => stored.rebuild())
    },
    load: () =>
      timed(async () => {
        const loaded = await Promise.all(partitions.map(createPartitionLoader(bulk, Date.now)))
        const count = loaded.reduce((sum, { sessions }) => sum + sessions.size, 0)
        if (count === SESSIONS) return
        const unreadable = loaded.flatMap((each) => each.unreadable.map(({ problem }) => problem))
        const why = stored.troubles[0] ?? unreadable[0] ?? 'nobody has said why'
        throw new Error(`${count} of ${SESSIONS} sessions were loaded: ${why}`)
      }),
    hgetall: () => timed(() => inChunks(hashes, ([key]) => plain.hgetall(key))),
    audit: () =>
      timed(async () => {
        let suspects = 0
        for (const { partition, sessions } of stored.all) {
          suspects += compareIndex(sessions, await reader.entries(partition)).length
        }
        if (suspects > 0) throw new Error(`${suspects} sessions were suspected`)
      }),
    indexes: () =>
      timed(async () => {
        for (const partition of partitions) await plain.hgetall(keys.versions(partition))
      }),
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function inChunks<T>(values: readonly T[], act: (value: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < values.length; first += CHUNK) {
    await Promise.all(values.slice(first, first + CHUNK).map(act))
  }
}

function hashOf({ sid, ...fields }: SessionRecord): Record<string, string> {
  const hash = Object.fromEntries(Object.entries(toHash(fields)).filter(([, value]) => value !== ''))
  if (!fromHash(sid, hash).ok) throw new Error('the reference writes what nobody could read')
  return hash
}

const valueBytes = (records: readonly SessionRecord[]): number => {
  const [first] = records
  return first ? Object.values(hashOf(first)).reduce((sum, value) => sum + value.length, 0) : Number.NaN
}

async function usedBytes(redis: Redis): Promise<number> {
  const found = /used_memory:(\d+)/.exec(await redis.info('memory'))
  if (!found) throw new Error('Redis does not say how much memory it uses')
  return Number(found[1])
}
