import { sharedServices } from '@holdfast/stack/testing'
import type { Redis } from 'ioredis'
import { ulid } from 'ulid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSid, partitionOf } from '../../src/contracts/index.ts'
import { createRedis, createSessionScripts } from '../../src/index.ts'
import { keys } from '../../src/redis/keys.ts'
import type { Flush, SessionScripts } from '../../src/redis/session-scripts.ts'

let redis: Redis
let scripts: SessionScripts
const problems: Error[] = []
beforeAll(async () => {
  redis = createRedis(sharedServices().redisUrl, 'flush', (error) => problems.push(error))
  await new Promise<void>((resolve) => redis.once('ready', () => resolve()))
  scripts = createSessionScripts(redis)
})
afterAll(() => redis.disconnect())

it('refuses whole what an older owner flushes, however high its numbers', async () => {
  const sid = createSid(ulid())
  const partition = partitionOf(sid)
  const session = (player: string): Flush['items'] => [
    {
      operation: 'create',
      sid,
      connectionEpoch: 1,
      gatewayRevision: 1,
      serverRevision: 1,
      server: { player },
      gateway: { connectionEpoch: '1', gatewayRevision: '1' },
    },
  ]
  const older = await scripts.acquire(partition, `older-${sid}`, 0)
  const flush = { partition, acknowledged: 0, now: 1 }
  const first = older.flushSequence + 1
  await scripts.flush({
    ...flush,
    owner: `older-${sid}`,
    epoch: older.epoch,
    offset: 5,
    flushSequence: first,
    items: session('#1'),
  })
  const newer = await scripts.acquire(partition, `newer-${sid}`, 0)
  expect(newer.epoch).toBeGreaterThan(older.epoch)
  await scripts.flush({
    ...flush,
    owner: `newer-${sid}`,
    epoch: newer.epoch,
    offset: 9,
    flushSequence: first + 1,
    items: session('#2'),
  })

  const late = {
    ...flush,
    owner: `older-${sid}`,
    epoch: older.epoch,
    offset: 99,
    flushSequence: first + 50,
    items: session('#1'),
  }
  expect(await scripts.flush(late)).toEqual({ kind: 'fenced' })
  expect(await redis.hget(keys.session(sid), 'player')).toBe('#2')
  expect(await redis.hget(keys.owner(partition), 'offset')).toBe('9')
})
