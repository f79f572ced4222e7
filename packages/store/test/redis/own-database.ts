import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { createRedis, type Redis } from '../../src/redis/create-redis.ts'

/** Databases of the shared Redis, one a file, so that no file wipes another's. */
const DATABASES = { scripts: 11, loader: 12, lease: 13, healing: 14 } as const

/** A client of this file's own, empty database. */
export async function openDatabase(name: keyof typeof DATABASES): Promise<Redis> {
  const redis = createRedis(`${sharedServices().redisUrl}/${DATABASES[name]}`, 'bulk', () => undefined)
  await waitUntil(() => redis.status === 'ready', { what: 'Redis' })
  await redis.flushdb()
  return redis
}
