import type { Partition, Sid, WaitingWrite } from '../contracts/index.ts'
import type { Texts } from './texts.ts'

/** What a process has published of its memory. */
export interface MemoryCopy {
  fields: Texts
  /** The incarnation whose memory it is. */
  process: string
  pending: WaitingWrite | null
}

/** What was read of Redis, at a monotonic time: the hash and its index entry. */
export interface StoredCopy {
  hash: Texts
  version: string | null
  readAt: number
}

/** All that the console has heard of a session. Null: nothing, or that it is over. */
export interface SessionCopies {
  readonly sid: Sid
  readonly partition: Partition
  server: MemoryCopy | null
  gateway: MemoryCopy | null
  /** The gateway has said that the connection is over, so that its absence needs no other witness. */
  isGatewayOver: boolean
  redis: StoredCopy | null
  ended: SessionEnd | null
}

export interface SessionEnd {
  /** Epoch ms, by its owner's clock. */
  at: number
  reason: string
  /** What the owner held last, else what Redis did (a ghost had no owner); null where the console was not there. */
  last: Texts | null
  /** Who the owner was. */
  server: string | null
}

/** What Redis has of it, for when nobody has any more; null for nothing but a key. */
export const storedIn = ({ redis }: SessionCopies): Texts | null =>
  redis !== null && Object.keys(redis.hash).length > 0 ? redis.hash : null

/** It is over, and nobody has told what it was. */
export const isUntold = (copies: SessionCopies): boolean =>
  copies.ended !== null && !copies.ended.last && !copies.server && !copies.gateway && !isInRedis(copies)

export const isInRedis = ({ redis }: SessionCopies): boolean =>
  redis !== null && (redis.version !== null || Object.keys(redis.hash).length > 0)
