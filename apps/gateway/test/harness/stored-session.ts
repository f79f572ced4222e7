import { waitUntil } from '@holdfast/runtime/testing'
import { createRedis } from '@holdfast/store'
import { partitionOf, type Sid } from '@holdfast/store/contracts'

/** Looks into Redis as an operator does, by the keys of docs/redis.md. */
export async function openStore(url: string) {
  const redis = createRedis(url, 'bulk', () => undefined)
  await waitUntil(() => redis.status === 'ready', { what: 'Redis' })
  const key = (sid: Sid): string => `hf:{${partitionOf(sid)}}:s:${sid}`
  return {
    redis,
    session: (sid: Sid) => redis.hgetall(key(sid)),
    timeToLive: (sid: Sid) => redis.ttl(key(sid)),
    /** `connectionEpoch.gatewayRevision.serverRevision` */
    version: (sid: Sid) => redis.hget(`hf:{${partitionOf(sid)}}:versions`, sid),
    leaseKey: (slot: number) => `hf:gateway:${slot}`,
    close: () => redis.disconnect(),
  }
}

export type Store = Awaited<ReturnType<typeof openStore>>
