import type { HeardBeat } from '@holdfast/store'
import { expect, test } from 'vitest'
import { isHeldByAnother } from './place.ts'

function beatOf(process: string, role: 'gateway' | 'server', slot: number | null): HeardBeat {
  const queue = {
    pending: 0,
    retrying: 0,
    dead: 0,
    oldestMs: 0,
    breaker: 'closed',
    nextProbeAt: null,
    error: null,
    inPerS: 0,
    outPerS: 0,
    writeMs: null,
    ofBound: 0,
  } as const
  const figures = { sessions: 0, partitions: [], lag: 0, rssBytes: 0, uptimeMs: 0, redisUp: true, queue, audit: null }
  return { heardAt: 0, beat: { v: 1, kind: 'beat', at: 0, role, process, slot, isLeaving: false, ...figures } }
}

const board = {
  heard: () => [
    beatOf('gateway-1', 'gateway', 0),
    beatOf('gateway-2', 'gateway', 1),
    beatOf('server-1', 'server', null),
  ],
  isAlive: (process: string) => process !== 'gateway-2',
}

test('takes a slot for held while another gateway is heard there, whatever became of its lease', () => {
  expect(isHeldByAnother(board, 0, 'gateway-9')).toBe(true)
  expect(isHeldByAnother(board, 0, 'gateway-1')).toBe(false)
  expect(isHeldByAnother(board, 1, 'gateway-9')).toBe(false) // silent
  expect(isHeldByAnother(board, 2, 'gateway-9')).toBe(false)
})
