import { partitionOf, type Sid } from '../contracts/index.ts'
import type { Redis } from '../redis/create-redis.ts'
import { createRedisReader } from '../redis/redis-copies.ts'
import type { CommandParts } from './command-parts.ts'

/** A session that is not as a wizard saw it. */
export interface Changed {
  sid: Sid
  saw: string
  is: string
}

/** Owners publish what is active once a second. */
const PUBLISHED_WITHIN_MS = 1_200

/**
 * Which sessions have changed since a wizard saw them. A session that is unknown or has ended is none: it is told as gone by
 * its result.
 *
 * Redis is asked too, for it is up to a second ahead of what owners publish; but its word alone refuses nothing. Where it is
 * ahead, what owners publish is waited for: an index entry that a hand has changed would else refuse each command that is to
 * put it right. The owner has the last word when it applies the command.
 */
export async function changedSince(
  expect: Readonly<Record<string, string>>,
  sids: readonly Sid[],
  { sessions, clock }: Pick<CommandParts, 'sessions' | 'clock'>,
): Promise<readonly Changed[]> {
  const expected = sids.flatMap((sid) => (expect[sid] === undefined ? [] : [{ sid, saw: expect[sid] }]))
  if (expected.length === 0) return []
  const inModel = (): Changed[] => {
    const versions = sessions.versions(expected.map(({ sid }) => sid))
    return expected.flatMap(({ sid, saw }) => {
      const is = versions.get(sid) ?? saw
      return is === saw ? [] : [{ sid, saw, is }]
    })
  }
  const changed = inModel()
  if (changed.length > 0) return changed
  const stored = await storedVersions(
    expected.map(({ sid }) => sid),
    sessions,
  )
  const isAhead = expected.some(({ sid, saw }) => isNewer(stored.get(sid) ?? saw, saw))
  if (!isAhead) return []
  await clock.sleep(PUBLISHED_WITHIN_MS)
  return inModel()
}

/** Index entries of sessions, read now. Rejects when Redis does. */
export function createVersionReader(redis: Redis): CommandParts['sessions']['storedVersions'] {
  const reader = createRedisReader(redis)
  return async (sids) => {
    const versions = new Map<Sid, string>()
    const partitions = [...new Set(sids.map(partitionOf))]
    for (const index of await Promise.all(partitions.map((partition) => reader.index(partition)))) {
      for (const sid of sids) {
        const version = index.get(sid)
        if (version !== undefined) versions.set(sid, version)
      }
    }
    return versions
  }
}

async function storedVersions(
  sids: readonly Sid[],
  sessions: CommandParts['sessions'],
): Promise<ReadonlyMap<Sid, string>> {
  try {
    return await sessions.storedVersions(sids)
  } catch {
    return new Map() // Redis is away: what owners publish, and their own last word, must do
  }
}

function isNewer(one: string, other: string): boolean {
  const [left, right] = [one.split('.').map(Number), other.split('.').map(Number)]
  for (const [at, part] of left.entries()) {
    const difference = part - (right[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}
