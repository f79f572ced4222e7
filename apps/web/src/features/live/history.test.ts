import { describe, expect, it } from 'vitest'
import { beatsOf, SAMPLES_MAX, type Sample, seenRuns, withSample } from './history.ts'

const NOW = 1_700_000_000_000
const sample = (secondsAgo: number, status: 'fresh' | 'dead' = 'fresh'): Sample => ({
  at: NOW - secondsAgo * 1_000,
  sessions: 1,
  wrong: 0,
  waiting: 0,
  lag: 0,
  sources: new Map([['gw-1', status]]),
})

describe('what this page has seen', () => {
  it('is kept for an hour', () => {
    let samples: readonly Sample[] = []
    for (let second = SAMPLES_MAX + 10; second > 0; second--) samples = withSample(samples, sample(second))
    expect(samples).toHaveLength(SAMPLES_MAX)
    expect(samples.at(-1)?.at).toBe(NOW - 1_000)
    expect(withSample(samples, sample(5))).toBe(samples)
  })

  it('has gaps where nothing was seen', () => {
    const runs = seenRuns([sample(60), sample(59), sample(20), sample(19), sample(18)], NOW - 100_000, NOW)
    expect(runs.map((run) => run.length)).toEqual([2, 3])
  })

  it('tells how a source stood each second, and what nobody saw', () => {
    const beats = beatsOf([sample(5), sample(4), sample(3, 'dead'), sample(1, 'dead'), sample(0)], 'gw-1', NOW, 8)
    expect(beats).toEqual(['unseen', 'unseen', 'fresh', 'fresh', 'dead', 'dead', 'dead', 'fresh'])
    expect(beatsOf([sample(1)], 'srv-9', NOW, 2)).toEqual(['unseen', 'unseen'])
  })
})
