import type { LiveTick, Source } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import type { StreamState } from '#features/live/stream-state.ts'
import { bannerOf } from './banner-choice.ts'
import { sourceFigures } from './source-figures.ts'

const NOW = Date.parse('2026-11-24T02:14:08Z')
const ago = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString()
const source = (id: string, status: Source['status'] = 'fresh', seconds = 1): Source => ({
  id,
  status,
  observedAt: ago(seconds),
})
const SOURCES = ['redis', 'kafka', 'gw-1', 'gw-2', 'srv-1'].map((id) => source(id))
const tick = (change: Partial<LiveTick> = {}): LiveTick => ({
  rev: 1,
  now: ago(0),
  lag: 0,
  behindMs: 0,
  sources: SOURCES,
  missed: [],
  sessions: 1_204,
  counts: { 'in-sync': 1_204, settling: 0, drifted: 0, missing: 0, ghost: 0, unknown: 0, ignored: 0 },
  queues: { pending: 9, retrying: 1_387, dead: 3 },
  redis: { up: true, pingMs: 0.84 },
  kafka: { up: true, lag: 12 },
  ...change,
})
const live = { kind: 'live', heardAt: NOW } as const
const banner = (change: Partial<LiveTick>) => bannerOf({ tick: tick(change), stream: live, now: NOW })
const redisDown = { redis: { up: false, pingMs: null }, sources: [source('redis', 'dead', 577), ...SOURCES.slice(1)] }
const kafkaDown = { kafka: { up: false, lag: null } }

describe('the banner', () => {
  it('is not there while everything answers, nor before anything is known', () => {
    expect(banner({})).toBeNull()
    expect(bannerOf({ tick: null, stream: { kind: 'connecting' }, now: NOW })).toBeNull()
  })

  it('tells no time of day before the page is alive', () => {
    const before = (change: Partial<LiveTick>) => bannerOf({ tick: tick(change), stream: live, now: 0 })?.title
    expect(before(redisDown)).toBe('Redis unreachable.')
    expect(before(kafkaDown)).toBe('Kafka does not answer; showing Redis.')
    expect(before({ ...redisDown, ...kafkaDown })).toBe('No live data.')
    const missed = [{ id: 'gw-2', sessions: 388, partitions: 0 }]
    expect(before({ sources: [source('gw-2', 'dead', 14)], missed })).toBe('gw-2 has been silent.')
  })

  it('tells the worst first', () => {
    const sources = [...SOURCES.slice(0, 3), source('gw-2', 'dead', 14), source('srv-1')]
    const silent = { sources, missed: [{ id: 'gw-2', sessions: 388, partitions: 0 }] }
    expect(banner({ ...redisDown, ...kafkaDown })?.id).toBe('both-down')
    expect(banner({ ...redisDown, behindMs: 9_000 })?.id).toBe('redis-down')
    expect(banner({ ...kafkaDown, behindMs: 9_000 })?.id).toBe('kafka-down')
    expect(banner({ ...silent, behindMs: 9_000 })?.id).toBe('behind')
    expect(banner(silent)?.id).toBe('silent:gw-2')
  })

  it('names the part, the time and the number', () => {
    expect(banner(redisDown)?.text).toContain('9 min 37 s')
    expect(banner(redisDown)?.text).toContain('1,396 writes wait')
    const missed = [{ id: 'gw-2', sessions: 388, partitions: 0 }]
    const silent = banner({ sources: [source('gw-2', 'dead', 14)], missed })
    expect(silent?.title).toBe('gw-2 has been silent for 14 s.')
    expect(silent?.text).toContain('Its 388 sessions are Unknown.')
    const last = {
      sources: [source('gw-2', 'dead', 14)],
      missed: [{ id: 'gw-2', sessions: 0, partitions: 0, detached: 7 }],
    }
    expect(banner(last)?.text).toBe('Its 7 sessions are detached. No other gateway answers.')
    expect(banner({ behindMs: 9_000, lag: 4_312 })?.title).toBe('Console is 9 s behind')
  })

  it('counts what several held, and what was detached of them', () => {
    const both = (change: object) =>
      banner({ missed: ['gw-1', 'gw-2'].map((id) => ({ id, sessions: 0, partitions: 0, ...change })) })?.text
    expect(both({ sessions: 4 })).toContain('4 sessions at least')
    expect(both({ detached: 7 })).toContain('Their 14 sessions are detached.')
    expect(both({})).toContain('They held no session that is known.')
  })

  it('is the same one while the trouble is, so that it is said aloud once', () => {
    const first = banner({ behindMs: 9_000 })
    expect(banner({ behindMs: 12_000 })?.id).toBe(first?.id)
  })

  it('is not about a process that is silent, and whose sessions others have', () => {
    expect(banner({ sources: [...SOURCES, source('gw-0', 'dead', 300)] })).toBeNull()
  })

  it('tells of nothing as if it were so now, once two questions for it were not answered', () => {
    const of = (stream: StreamState, seconds: number) =>
      bannerOf({ tick: tick({ ...redisDown, now: ago(seconds) }), stream, now: NOW })
    const retrying = { kind: 'retrying', nextAt: NOW, attempt: 3, isPolling: true, isFull: false } as const
    expect(of(retrying, 6)?.id).toBe('redis-down')
    expect(of(retrying, 14)).toMatchObject({ id: 'unanswered', text: expect.stringContaining('14 s') })
    expect(of({ kind: 'asleep' }, 14)).toBeNull()
  })

  it('says that a browser is offline whatever was known before', () => {
    expect(bannerOf({ tick: tick(redisDown), stream: { kind: 'offline' }, now: NOW })?.id).toBe('offline')
  })
})

describe('the strip of sources', () => {
  it('shows a process that fell silent as not known, and all of them gone as down', () => {
    const figures = sourceFigures(
      tick({ sources: [source('gw-1'), source('gw-2', 'dead', 14), source('srv-1', 'dead', 9)] }),
    )
    expect(figures?.map(({ value, look }) => `${value} ${look}`)).toEqual([
      '0.8 ms up',
      '12 up',
      '1/2 unknown',
      '0/1 down',
    ])
  })

  it('does not take processes for down that cannot be heard', () => {
    const figures = sourceFigures(tick({ ...kafkaDown, sources: SOURCES.map((each) => ({ ...each, status: 'dead' })) }))
    expect(figures?.map(({ value, look }) => `${value} ${look}`)).toEqual([
      '0.8 ms up',
      'down down',
      'unknown unknown',
      'unknown unknown',
    ])
  })

  it('knows nothing of a tick that nothing has followed', () => {
    expect(new Set(sourceFigures(tick(), true)?.map(({ value }) => value))).toEqual(new Set(['unknown']))
  })

  it('is empty before anything is known', () => {
    expect(sourceFigures(null)).toBeNull()
  })
})
