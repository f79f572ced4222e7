import { readFileSync } from 'node:fs'
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    holdfastReadHashes(numberOfKeys: number, ...keys: string[]): Result<unknown, Context>
  }
}

/** Sessions of one call, so that none holds Redis up for more than some 2 ms (10 us a session, measured). */
export const READ_AT_ONCE = 200

/** A hash as it lies in Redis: field, value, field, value ...; `none`: no such key; `other`: a key that is no hash. */
export type StoredHash = readonly string[] | 'none' | 'other'

/** Said by hand, for its speed: what `z.union([z.array(z.string()), z.enum(["none", "other"])])` says. */
export const isStoredHash = (value: unknown): value is StoredHash =>
  value === 'none' || value === 'other' || (Array.isArray(value) && value.every((text) => typeof text === 'string'))

const answerSchema = z.array(z.custom<StoredHash>(isStoredHash))

export type HashesReader = (keys: readonly string[]) => Promise<readonly StoredHash[]>

/**
 * Reads hashes of one partition, READ_AT_ONCE at most, in one step and in the order in which they are asked for. Rejects
 * when Redis does not answer: a failed read is never an empty one.
 */
export function createHashesReader(redis: Redis): HashesReader {
  const lua = readFileSync(new URL('./scripts/read-hashes.lua', import.meta.url), 'utf8')
  redis.defineCommand('holdfastReadHashes', { lua, readOnly: true })
  return async (keys) => {
    if (keys.length === 0) return []
    const json = z.string().parse(await redis.holdfastReadHashes(keys.length, ...keys))
    return answerSchema.parse(JSON.parse(json))
  }
}
