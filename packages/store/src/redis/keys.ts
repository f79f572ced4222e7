import { type Partition, partitionOf, type Sid } from '../contracts/index.ts'

/**
 * Every key in Redis. All keys of a partition share its hash tag, so that each script touches one slot and a Redis
 * Cluster works. `docs/redis.md` tells what each holds and who writes it.
 */
export const keys = {
  session: (sid: Sid): string => `hf:{${partitionOf(sid)}}:s:${sid}`,
  versions: (partition: Partition): string => `hf:{${partition}}:versions`,
  dead: (partition: Partition): string => `hf:{${partition}}:dead`,
  owner: (partition: Partition): string => `hf:{${partition}}:owner`,
  gatewayLease: (slot: number): string => `hf:gateway:${slot}`,
  signIn: (hash: string): string => `hf:signin:${hash}`,
  handle: 'hf:handle',
  meta: 'hf:meta',
} as const
