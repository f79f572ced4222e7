import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { afterAll, expect, test } from 'vitest'
import { createSeal } from '../../src/kafka/seal.ts'
import { createRedis } from '../../src/redis/create-redis.ts'
import { keys } from '../../src/redis/keys.ts'
import { openSignInMirror } from '../../src/redis/sign-in-mirror.ts'

const { redisUrl } = sharedServices()
const errors: Error[] = []
const redis = createRedis(redisUrl, 'bulk', (error) => errors.push(error))
const mirrorUnder = (secret: string) =>
  openSignInMirror({ redisUrl, seal: createSeal(secret), onError: (error) => errors.push(error) })
const mirror = mirrorUnder('a secret of sixteen characters')
const foreign = mirrorUnder('another secret of sixteen characters')
afterAll(() => {
  for (const each of [mirror, foreign]) each.close()
  redis.disconnect()
})

const hash = 'a'.repeat(64)

test('gives back what was put there, until it expires or is removed', async () => {
  await waitUntil(() => mirror.put(hash, '{"name":"Corwin"}', 60_000).then(() => true), { what: 'Redis' })
  expect(await mirror.get(hash)).toBe('{"name":"Corwin"}')
  const ttlMs = await redis.pttl(keys.signIn(hash))
  expect(ttlMs).toBeGreaterThan(50_000)
  expect(ttlMs).toBeLessThanOrEqual(60_000)
  await mirror.remove(hash)
  expect(await mirror.get(hash)).toBeNull()
})

test('does not take for a sign-in what somebody else wrote, or moved', async () => {
  await mirror.put(hash, '{"name":"Corwin"}', 60_000)
  const sealed = await redis.get(keys.signIn(hash))
  expect(sealed).not.toContain('Corwin')
  await redis.set(keys.signIn('b'.repeat(64)), sealed ?? '')
  expect(await mirror.get('b'.repeat(64))).toBeNull()
  await redis.set(keys.signIn(hash), '{"name":"Mallory"}')
  expect(await mirror.get(hash)).toBeNull()
  await waitUntil(() => foreign.put(hash, '{"name":"Mallory"}', 60_000).then(() => true), { what: 'Redis' })
  expect(await mirror.get(hash)).toBeNull()
  await redis.del(keys.signIn(hash), keys.signIn('b'.repeat(64)))
})
