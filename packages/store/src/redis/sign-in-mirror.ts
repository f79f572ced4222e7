import type { Seal } from '../kafka/seal.ts'
import { createRedis } from './create-redis.ts'
import { keys } from './keys.ts'

export interface SignInMirror {
  /** Keeps the record for `ttlMs`, in place of the one before. */
  put(hash: string, record: string, ttlMs: number): Promise<void>
  /** Null where there is none, or one that no console of this game has written. */
  get(hash: string): Promise<string | null>
  remove(hash: string): Promise<void>
  close(): void
}

/**
 * Who is signed in at a console, by the hash of the cookie's token, for a console that starts anew. Sealed, so that whoever
 * can write to Redis cannot sign in by it. Each call fails within a second while Redis is away.
 */
export function openSignInMirror({
  redisUrl,
  seal,
  onError,
}: {
  redisUrl: string
  seal: Seal
  onError: (error: Error) => void
}): SignInMirror {
  const redis = createRedis(redisUrl, 'lease', onError)
  return {
    async put(hash, record, ttlMs) {
      await redis.set(keys.signIn(hash), seal.seal(record, 'console-session', hash), 'PX', ttlMs)
    },
    async get(hash) {
      const sealed = await redis.get(keys.signIn(hash))
      return sealed === null ? null : seal.open(sealed, 'console-session', hash)
    },
    async remove(hash) {
      await redis.del(keys.signIn(hash))
    },
    close: () => redis.disconnect(),
  }
}
