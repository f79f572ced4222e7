import type { Clock } from '@holdfast/runtime'
import { partitionOf, type Sid, versionOf } from '../contracts/index.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { RedisReader } from '../redis/redis-copies.ts'

/** Between two steps of a scan, so that Redis serves others meanwhile. */
const SCAN_STEP_MS = 5

export interface PassesOptions {
  clock: Clock
  redis: Pick<RedisReader, 'index' | 'scan'>
  owned: () => Iterable<OwnedPartition>
  life: (partition: number) => OwnedPartition | undefined
  /** Whether a partition can be judged now. */
  canJudge: (owned: OwnedPartition) => boolean
  suspect: (owned: OwnedPartition, sid: Sid) => void
}

/** The two cheap passes over everything: they only suspect, and what they suspect is looked at properly. */
export function createPasses({ clock, redis, owned, life, canJudge, suspect }: PassesOptions) {
  const compareIndex = (one: OwnedPartition, index: ReadonlyMap<Sid, string>): void => {
    for (const record of one.sessions.values()) {
      if (index.get(record.sid) === versionOf(record)) continue
      if (one.dirty.waiting(record.sid) === null) suspect(one, record.sid)
    }
    for (const sid of index.keys()) if (isStranger(one, sid)) suspect(one, sid)
  }

  const isStranger = (one: OwnedPartition, sid: Sid): boolean =>
    !one.sessions.get(sid) && one.dirty.waiting(sid) === null

  return {
    /** The index of each partition against memory: tells what Redis lost, and what memory does not know. */
    async index(): Promise<void> {
      for (const one of owned()) {
        if (!canJudge(one)) continue
        const index = await redis.index(one.partition)
        if (canJudge(one)) compareIndex(one, index)
      }
    },
    /** All keys: a hash that a hand has added is in no index. */
    async keys(): Promise<void> {
      let cursor = '0'
      do {
        const step = await redis.scan(cursor)
        for (const sid of step.sids) {
          const one = life(partitionOf(sid))
          if (one && canJudge(one) && isStranger(one, sid)) suspect(one, sid)
        }
        cursor = step.cursor
        if (cursor !== '0') await clock.sleep(SCAN_STEP_MS)
      } while (cursor !== '0')
    },
  }
}
