import { createSid, type Divergence, type DivergenceItem, type Queues } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { type AttentionFacts, concernsOf } from './attention.ts'

const NOW = Date.parse('2026-11-24T02:14:08Z')
const ago = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString()
const sid = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const item = (since: number, healedAt: string | null = null): DivergenceItem => ({
  sid,
  handle: 4_127,
  state: 'drifted',
  missingIn: [],
  fields: [],
  since: ago(since),
  healedAt,
  cause: 'content',
})
const base = { rev: 1, asOf: ago(0), sources: [] }
const divergence = (items: DivergenceItem[]): Divergence => ({
  ...base,
  coverage: { checked: 1, total: 1, oldestMs: 0 },
  counts: { 'in-sync': 0, settling: 0, drifted: 0, missing: 0, ghost: 0, unknown: 0, ignored: 0 },
  items,
})
const facts = (change: Partial<AttentionFacts> = {}): AttentionFacts => ({
  tick: null,
  divergence: undefined,
  queues: undefined,
  audit: undefined,
  now: NOW,
  ...change,
})
const texts = (change: Partial<AttentionFacts>): string[] => concernsOf(facts(change)).map(({ text }) => text)

describe('what needs attention', () => {
  it('is nothing while nothing is known to be wrong', () => {
    expect(texts({})).toEqual([])
    expect(texts({ divergence: divergence([item(30)]) })).toEqual([])
  })

  it('is a difference that has stood for a minute', () => {
    expect(texts({ divergence: divergence([item(61), item(20)]) })).toEqual(['1 session differs for more than 60 s'])
  })

  it('is what Redis refuses for good, and who fights', () => {
    const entry = {
      entry: `${sid}@server`,
      since: ago(90),
      attempts: 8,
      nextAt: null,
      error: 'WRONGTYPE',
      kind: 'dead',
      sid,
      process: 'srv-1',
      fields: ['room'],
    } as const
    const queues: Queues = { ...base, processes: [], entries: [{ ...entry, fields: ['room'] }] }
    const healed = [item(200, ago(100)), item(90, ago(60)), item(50, ago(10))]
    expect(texts({ queues, divergence: divergence(healed) })).toEqual([
      '1 write that Redis refuses for good',
      'Session 4127 was put right 3 times in ten minutes: writers fight over it',
    ])
  })

  it('is a run of refused sign-ins, not one', () => {
    const refused = (seconds: number) => ({
      id: String(seconds),
      at: ago(seconds),
      who: 'x',
      action: 'Sign in',
      scope: 'console',
      reason: '',
      result: 'refused',
      commandId: null,
      target: null,
    })
    expect(texts({ audit: { items: [refused(10), refused(20)], next: null } })).toEqual([])
    expect(texts({ audit: { items: [refused(10), refused(20), refused(30), refused(4_000)], next: null } })).toEqual([
      '3 refused sign-ins within the hour',
    ])
  })

  it('is Kafka, not each process that cannot be heard without it', () => {
    const source = (id: string) => ({ id, status: 'dead' as const, observedAt: ago(14) })
    const tick = {
      rev: 1,
      now: ago(0),
      lag: 0,
      behindMs: null,
      sources: ['kafka', 'gw-1', 'srv-1', 'srv-2'].map(source),
      missed: [],
      sessions: 3,
      counts: divergence([]).counts,
      queues: { pending: 0, retrying: 0, dead: 0 },
      redis: { up: true, pingMs: 0.8 },
      kafka: { up: false, lag: null },
    }
    expect(texts({ tick })).toEqual(['Kafka does not answer: 3 processes cannot be heard. All sessions are Unknown.'])
  })
})
