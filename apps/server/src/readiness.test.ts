import type { StoreStatus } from '@holdfast/store'
import { expect, test } from 'vitest'
import { kafkaCheck, partitionsCheck, postgresCheck, redisCheck } from './readiness.ts'

const well: StoreStatus = {
  redisUp: true,
  redisMs: 1.4,
  kafkaUp: true,
  kafkaBacklog: 0,
  replicaRead: true,
  hasJoined: true,
  owned: [1, 2, 3],
  unready: [],
  sessions: 10,
  dirty: 0,
  lag: 0,
  breaker: 'closed',
}

test('is ready while everything answers, and says how it is', () => {
  expect([redisCheck(well), kafkaCheck(well), postgresCheck(true), partitionsCheck(well)]).toEqual([
    { ok: true, detail: 'answers in 1 ms' },
    { ok: true, detail: '0 records to apply, 0 to send' },
    { ok: true, detail: 'answers' },
    { ok: true, detail: '3 owned, 0 not ready' },
  ])
})

test('tells Redis, Kafka and Postgres apart, and what waits for each', () => {
  const away = { ...well, redisUp: false, redisMs: null, dirty: 7, kafkaUp: false, kafkaBacklog: 12, lag: 3 }
  expect(redisCheck(away)).toEqual({ ok: false, detail: 'does not answer; 7 sessions wait to be stored' })
  expect(kafkaCheck(away)).toEqual({ ok: false, detail: 'does not answer; 3 records to apply, 12 to send' })
  expect(postgresCheck(false)).toEqual({ ok: false, detail: 'does not answer; the world cannot be changed' })
})

test('says that writes fail though Redis answers', () => {
  expect(redisCheck({ ...well, breaker: 'open', dirty: 1 })).toEqual({
    ok: true,
    detail: 'answers in 1 ms; writes have failed, 1 session waits to be stored',
  })
})

test('names the partitions that are not ready, some of many, and is not ready outside the group', () => {
  expect(partitionsCheck({ ...well, unready: [3, 17] })).toEqual({ ok: false, detail: '3 owned, 2 not ready: 3, 17' })
  const many = Array.from({ length: 40 }, (_, partition) => partition)
  expect(partitionsCheck({ ...well, owned: many, unready: many }).detail).toBe(
    '40 owned, 40 not ready: 0, 1, 2, 3, 4, 5, 6, 7, ...',
  )
  expect(partitionsCheck({ ...well, owned: [], hasJoined: false })).toEqual({
    ok: false,
    detail: 'not in the group yet',
  })
})
