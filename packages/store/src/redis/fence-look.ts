import { z } from 'zod'
import type { Partition } from '../contracts/index.ts'
import type { Redis } from './create-redis.ts'
import { keys } from './keys.ts'

/** What an owner knows of its fence. */
export interface HeldFence {
  partition: Partition
  epoch: number
  /** The last flush that it saw acknowledged. */
  acknowledged: number
}

export interface StoredFence {
  owner: string | null
  epoch: number
  flushSequence: number
}

export type FenceState =
  | 'intact'
  /** The store is behind what it has acknowledged. */
  | 'rolled-back'
  /** The store knows nothing of an owner: it was wiped, or replaced. */
  | 'vanished'
  /** Somebody has acquired after us: Kafka, or our next flush, will say so. */
  | 'taken'

/** What a look at the store says of a fence. `held` must have been known before the look. */
export function judgeFence(held: HeldFence, owner: string, stored: StoredFence): FenceState {
  if (stored.owner === null) return 'vanished'
  if (stored.epoch > held.epoch) return 'taken'
  const isOurs = stored.owner === owner && stored.epoch === held.epoch
  return isOurs && stored.flushSequence >= held.acknowledged ? 'intact' : 'rolled-back'
}

const count = z.coerce.number().catch(0)
const fenceSchema = z
  .tuple([z.string().nullable(), count, count])
  .transform(([owner, epoch, flushSequence]): StoredFence => ({ owner, epoch, flushSequence }))

/** Reads the fences of all partitions held and judges them. Rejects when Redis does not answer. */
export async function lookAtFences(
  redis: Redis,
  owner: string,
  held: readonly HeldFence[],
): Promise<{ partition: Partition; state: FenceState }[]> {
  const known = held.map((fence) => ({ ...fence }))
  const looks = known.map(async (fence) => {
    const fields = await readFence(redis, fence.partition)
    return { partition: fence.partition, state: judgeFence(fence, owner, fields) }
  })
  return Promise.all(looks)
}

async function readFence(redis: Redis, partition: Partition): Promise<StoredFence> {
  try {
    return fenceSchema.parse(await redis.hmget(keys.owner(partition), 'owner', 'epoch', 'flushSequence'))
  } catch (error) {
    // A hand has put something else there: that is no fence. The next flush takes it away.
    if (error instanceof Error && error.message.startsWith('WRONGTYPE'))
      return { owner: null, epoch: 0, flushSequence: 0 }
    throw error
  }
}
