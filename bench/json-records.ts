import type { SessionRecord, Sid } from '@holdfast/store/contracts'
import type { Redis } from 'ioredis'
import { z } from 'zod'

/**
 * The design that the analysis describes: a session is one JSON text in Redis, and each update reads it, changes it and
 * writes it back if nobody else has meanwhile, else tries again. Its fastest form: the comparison is of a number, in a
 * script, where the analysis compares the whole text or watches the key; no wait between tries; no expiry to renew.
 */
export interface JsonRecords {
  put(record: SessionRecord): Promise<void>
  /** Sets one metadata field; resolves when it is stored. Returns how many tries that took. */
  setMeta(sid: Sid, key: string, value: string): Promise<number>
  metaOf(sid: Sid): Promise<Readonly<Record<string, string>>>
}

const SWAP = `if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'json', ARGV[3])
return 1`

const metaSchema = z.object({ meta: z.record(z.string(), z.string()) })

export async function createJsonRecords(redis: Redis): Promise<JsonRecords> {
  const digest = z.string().parse(await redis.script('LOAD', SWAP))
  const keyOf = (sid: Sid): string => `json:${sid}`

  return {
    put: async (record) => void (await redis.hset(keyOf(record.sid), 'version', '1', 'json', JSON.stringify(record))),
    async setMeta(sid, key, value) {
      for (let tries = 1; ; tries++) {
        const [version, json] = await redis.hmget(keyOf(sid), 'version', 'json')
        const record: { meta: Record<string, string> } = JSON.parse(json ?? '')
        record.meta[key] = value
        const next = String(Number(version) + 1)
        const swapped = await redis.evalsha(digest, 1, keyOf(sid), version ?? '', next, JSON.stringify(record))
        if (swapped === 1) return tries
      }
    },
    metaOf: async (sid) => metaSchema.parse(JSON.parse((await redis.hget(keyOf(sid), 'json')) ?? '')).meta,
  }
}
