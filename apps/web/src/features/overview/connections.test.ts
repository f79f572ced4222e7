import type { EventItem } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { BUCKETS, connectionsOf } from './connections.ts'

const NOW = Date.parse('2026-11-24T02:14:08Z')
const at = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString()
const event = (seconds: number, type: 'connection.opened' | 'connection.closed'): EventItem => ({
  kind: 'event',
  id: `${seconds} ${type}`,
  at: at(seconds),
  type,
  sid: null,
  player: null,
  process: 'gw-1',
  detail: {},
  finding: null,
  topic: 't',
  partition: 0,
  offset: seconds,
})

it('counts the last hour in ten seconds each, the newest last', () => {
  const found = connectionsOf(
    [event(1, 'connection.opened'), event(2, 'connection.opened'), event(30, 'connection.closed')],
    NOW,
    0,
  )
  expect(found.buckets).toHaveLength(BUCKETS)
  expect(found.buckets.at(-1)).toEqual({ connects: 2, disconnects: 0, isSeen: true })
  expect(found).toMatchObject({ connects: 2, disconnects: 1, max: 2 })
})

it('has gaps, never zeros, where nothing was read', () => {
  const found = connectionsOf(
    [{ kind: 'gap', id: 'g', at: at(100), reason: 'the console was started' }],
    NOW,
    NOW - 600_000,
  )
  expect(found.buckets.filter(({ isSeen }) => !isSeen).length).toBeGreaterThan(BUCKETS - 62)
  expect(found.gaps).toHaveLength(1)
  expect(connectionsOf([event(4_000, 'connection.opened')], NOW, 0).connects).toBe(0)
})
