import type { Clock } from '@holdfast/runtime'
import { parseSid, partitionOf, type Sid, versionOf } from '../contracts/index.ts'
import type { SessionMap } from '../memory/session-map.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { RedisReader } from '../redis/redis-copies.ts'

/** Between two steps of a scan, so that Redis serves others meanwhile. */
const SCAN_STEP_MS = 5

export interface PassesOptions {
  clock: Clock
  redis: Pick<RedisReader, 'entries' | 'scan'>
  owned: () => Iterable<OwnedPartition>
  life: (partition: number) => OwnedPartition | undefined
  /** Whether a partition can be judged now. */
  canJudge: (owned: OwnedPartition) => boolean
  suspect: (owned: OwnedPartition, sid: Sid) => void
}

/** Sids whose index entry is not as memory has the session, those that memory does not know among them. */
export function compareIndex(sessions: SessionMap, index: ReadonlyMap<string, string>): Sid[] {
  const differing: Sid[] = []
  let known = 0
  for (const record of sessions.values()) {
    const version = index.get(record.sid)
    if (version !== undefined) known++
    if (version !== versionOf(record)) differing.push(record.sid)
  }
  if (known === index.size) return differing
  for (const name of index.keys()) {
    const sid = parseSid(name)
    if (sid && !sessions.get(sid)) differing.push(sid)
  }
  return differing
}

/** The two cheap passes over everything: they only suspect, and what they suspect is looked at properly. */
export function createPasses({ clock, redis, owned, life, canJudge, suspect }: PassesOptions) {
  const isStranger = (one: OwnedPartition, sid: Sid): boolean =>
    !one.sessions.get(sid) && one.dirty.waiting(sid) === null

  return {
    /** The index of each partition against memory: tells what Redis lost, and what memory does not know. */
    async index(): Promise<void> {
      for (const one of owned()) {
        if (!canJudge(one)) continue
        const index = await redis.entries(one.partition)
        if (!canJudge(one)) continue
        for (const sid of compareIndex(one.sessions, index)) if (one.dirty.waiting(sid) === null) suspect(one, sid)
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
