import { messageOf } from '@holdfast/runtime'
import { z } from 'zod'
import { partitionOf, type Sid } from '../contracts/index.ts'
import type { Redis } from '../redis/create-redis.ts'
import { keys } from '../redis/keys.ts'
import type { Breaker } from '../write-behind/breaker.ts'
import type { RedisCopy } from './order-parts.ts'

const hashSchema = z.record(z.string(), z.string())
const versionSchema = z.string().nullable()

/**
 * Redis's copy of a session, read now, for whoever holds a partition's line meanwhile: within the client's time-out (800 ms
 * of the flush client), and not at all while the breaker knows that Redis is away. Never rejects.
 */
export function createCopyReader(redis: Redis, breaker: Breaker): (sid: Sid) => Promise<RedisCopy> {
  return async (sid) => {
    if (!breaker.allow()) return { kind: 'unavailable', problem: 'it has been away, and the next probe has not come' }
    try {
      const pipeline = redis
        .pipeline()
        .hgetall(keys.session(sid))
        .hget(keys.versions(partitionOf(sid)), sid)
      const [hash, version] = (await pipeline.exec()) ?? []
      const copy = {
        hash: hashSchema.parse(answerOf(hash) ?? {}),
        version: versionSchema.parse(answerOf(version) ?? null),
      }
      breaker.succeeded()
      return { kind: 'read', ...copy }
    } catch (error) {
      breaker.failed()
      return { kind: 'unavailable', problem: messageOf(error) }
    }
  }
}

/** What a hand has put in the place of a hash reads as none: the owner's next write makes it a hash again. */
function answerOf(answer: [Error | null, unknown] | undefined): unknown {
  if (!answer) throw new Error('a command was left unanswered')
  const [error, value] = answer
  if (!error) return value
  if (error.message.startsWith('WRONGTYPE')) return null
  throw error
}
