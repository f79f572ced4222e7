import { z } from 'zod'
import { PARTITIONS } from '../contracts/index.ts'
import type { Redis } from './create-redis.ts'
import { keys } from './keys.ts'

/** The newest layout of keys that this code reads and writes. */
export const SCHEMA_VERSION = 1

export type StoreCheck = { kind: 'ok'; storeId: string } | { kind: 'unfit'; problem: string }

const metaSchema = z.object({
  schemaVersion: z.coerce.number().int().default(SCHEMA_VERSION),
  partitions: z.coerce.number().int().default(PARTITIONS),
  storeId: z.string(),
})

/**
 * Describes an empty store, or checks that this code fits the one that is there. `newStoreId` is used only where there
 * is none; another storeId than before means that the store was replaced.
 */
export async function openStore(redis: Redis, newStoreId: string): Promise<StoreCheck> {
  await redis.hsetnx(keys.meta, 'schemaVersion', String(SCHEMA_VERSION))
  await redis.hsetnx(keys.meta, 'partitions', String(PARTITIONS))
  await redis.hsetnx(keys.meta, 'storeId', newStoreId)
  const meta = metaSchema.safeParse(await redis.hgetall(keys.meta))
  if (!meta.success) return { kind: 'unfit', problem: `${keys.meta} in Redis cannot be read: ${meta.error.message}` }
  const { schemaVersion, partitions, storeId } = meta.data
  if (schemaVersion > SCHEMA_VERSION) {
    return {
      kind: 'unfit',
      problem: `SCHEMA_TOO_NEW: Redis has schema ${schemaVersion}, this version knows ${SCHEMA_VERSION}; start the newer version`,
    }
  }
  if (partitions !== PARTITIONS) {
    return {
      kind: 'unfit',
      problem: `Redis has ${partitions} partitions, this version has ${PARTITIONS}; use an empty Redis`,
    }
  }
  return { kind: 'ok', storeId }
}
