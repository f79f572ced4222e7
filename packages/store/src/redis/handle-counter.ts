import { readFileSync } from 'node:fs'
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import { keys } from './keys.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    holdfastLeaseHandles(...args: (string | number)[]): Result<unknown, Context>
  }
}

export interface HandleCounter {
  /**
   * Leases `count` handles above `floor` and above all that were leased before; answers with the last of them. Not
   * idempotent: what an ambiguous call leased is never given.
   */
  lease(floor: number, count: number): Promise<number>
  /** Has the next lease begin above `floor`, whatever Redis remembers. */
  raise(floor: number): Promise<void>
}

/** `hf:handle`, the handles that were leased so far. Errors are ioredis's own. */
export function createHandleCounter(redis: Redis): HandleCounter {
  const lua = readFileSync(new URL('./scripts/lease-handles.lua', import.meta.url), 'utf8')
  redis.defineCommand('holdfastLeaseHandles', { numberOfKeys: 1, lua })
  const call = async (floor: number, count: number): Promise<number> =>
    z.coerce
      .number()
      .int()
      .parse(await redis.holdfastLeaseHandles(keys.handle, floor, count))
  return {
    lease: call,
    async raise(floor) {
      await call(floor, 0)
    },
  }
}
