import { messageOf } from '@holdfast/runtime'
import { partitionOf, type Sid } from '../contracts/index.ts'
import type { Redis } from '../redis/create-redis.ts'
import { createRedisReader } from '../redis/redis-copies.ts'
import type { Breaker } from '../write-behind/breaker.ts'
import type { RedisCopy } from './order-parts.ts'

/**
 * Redis's copy of a session, read now, for whoever holds a partition's line meanwhile: within the client's time-out (800 ms
 * of the flush client), and not at all while the breaker knows that Redis is away. Never rejects. What a hand has put in the
 * place of a hash reads as none: the owner's next write makes it a hash again.
 */
export function createCopyReader(redis: Redis, breaker: Breaker): (sid: Sid) => Promise<RedisCopy> {
  const reader = createRedisReader(redis)
  return async (sid) => {
    if (!breaker.allow()) return { kind: 'unavailable', problem: 'it has been away, and the next probe has not come' }
    try {
      const [stored = { hash: {}, version: null }] = (await reader.sessions(partitionOf(sid), [sid])).copies
      breaker.succeeded()
      return { kind: 'read', ...stored }
    } catch (error) {
      breaker.failed()
      return { kind: 'unavailable', problem: messageOf(error) }
    }
  }
}
