import { z } from 'zod'
import { type Partition, parseSid, type Sid } from '../contracts/index.ts'
import type { Redis } from './create-redis.ts'
import { keys } from './keys.ts'
import { createHashesReader, READ_AT_ONCE, type StoredHash } from './read-hashes.ts'

/** What Redis holds of one session: its hash (empty for none, or for something that is no hash) and its index entry. */
export interface RedisCopy {
  hash: Readonly<Record<string, string>>
  version: string | null
}

/** Copies of one partition, with the fence that stood beside them: null where the partition has none. */
export interface RedisCopies {
  epoch: number | null
  copies: readonly RedisCopy[]
}

const SCAN_COUNT = 1_000
const SESSION_KEY = /^hf:\{\d+\}:s:(.+)$/

function* pairsOf(hash: StoredHash): Iterable<readonly [string, string]> {
  if (typeof hash === 'string') return
  for (let at = 0; at < hash.length; at += 2) yield [hash[at] ?? '', hash[at + 1] ?? '']
}

/**
 * Reads sessions as Redis holds them, without judging. Every method rejects when Redis does not answer: a failed read is
 * never an empty one.
 */
export function createRedisReader(redis: Redis) {
  const readHashes = createHashesReader(redis)

  /** A hand has put something else there: no takeover and no script takes it for a session. */
  const unlessOther = async <T>(reading: Promise<T>, nothing: T): Promise<T> => {
    try {
      return await reading
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return nothing
      throw error
    }
  }

  const entries = async (partition: Partition): Promise<ReadonlyMap<string, string>> => {
    const [index = 'none'] = await readHashes([keys.versions(partition)])
    return new Map(pairsOf(index))
  }

  const sessionHashes = async (sids: readonly Sid[]): Promise<StoredHash[]> => {
    const chunks = Array.from({ length: Math.ceil(sids.length / READ_AT_ONCE) }, (_, at) =>
      sids.slice(at * READ_AT_ONCE, (at + 1) * READ_AT_ONCE),
    )
    return (await Promise.all(chunks.map((chunk) => readHashes(chunk.map(keys.session))))).flat()
  }

  return {
    /** sid -> version of every session that a takeover would find. */
    async index(partition: Partition): Promise<ReadonlyMap<Sid, string>> {
      const index = new Map<Sid, string>()
      for (const [name, version] of await entries(partition)) {
        const sid = parseSid(name)
        if (sid) index.set(sid, version)
      }
      return index
    },

    /** The same as it lies there, for who knows nearly all of the names: reading a name takes longer than all the rest. */
    entries,

    /** Sessions of one partition, in the order in which they were asked for. */
    async sessions(partition: Partition, sids: readonly Sid[]): Promise<RedisCopies> {
      const [epoch, versions, hashes] = await Promise.all([
        redis.hget(keys.owner(partition), 'epoch'),
        sids.length > 0 ? unlessOther(redis.hmget(keys.versions(partition), ...sids), []) : [],
        sessionHashes(sids),
      ])
      const copies = hashes.map((hash, at) => ({
        hash: Object.fromEntries(pairsOf(hash)),
        version: versions[at] ?? null,
      }))
      return { epoch: epoch === null ? null : Number(epoch), copies }
    },

    /** One step through all keys; `cursor` '0' begins, and is answered at the end. A session may come twice. */
    async scan(cursor: string): Promise<{ cursor: string; sids: readonly Sid[] }> {
      const answer = await redis.scan(cursor, 'MATCH', 'hf:{*}:s:*', 'COUNT', SCAN_COUNT)
      const [next, found] = z.tuple([z.string(), z.array(z.string())]).parse(answer)
      const sids = found.flatMap((key) => {
        const sid = parseSid(SESSION_KEY.exec(key)?.[1] ?? '')
        return sid !== null && key === keys.session(sid) ? [sid] : []
      })
      return { cursor: next, sids }
    },
  }
}

export type RedisReader = ReturnType<typeof createRedisReader>
