import { manualClock } from '@holdfast/runtime/testing'
import type { LiveTick } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { followPulse, PULSE_MS } from './follow-pulse.ts'
import { createLiveStore } from './live-store.ts'

const counts = { 'in-sync': 1, settling: 0, drifted: 0, missing: 0, ghost: 0, unknown: 0, ignored: 0 }
const tickAt = (now: number, sessions: number): LiveTick => ({
  rev: 1,
  now: new Date(now).toISOString(),
  lag: 0,
  behindMs: 0,
  sources: [],
  missed: [],
  sessions,
  counts,
  queues: { pending: 0, retrying: 0, dead: 0 },
  redis: { up: true, pingMs: 1 },
  kafka: { up: true, lag: 0 },
})

test('the frame takes the answers that are asked for while the stream is broken, and ages where none comes', async () => {
  const clock = manualClock()
  const live = createLiveStore({
    firstTick: null,
    fetch: async () => new Response('{}', { status: 503 }),
    clock,
    random: () => 1,
  })
  let asked = 0
  let isAway = false
  const ask = async (): Promise<LiveTick> => {
    asked++
    if (isAway) throw new Error('away')
    return tickAt(clock.now(), asked)
  }
  const stop = followPulse({ live, ask, clock })
  live.start()
  expect(asked).toBe(0)
  await clock.advance(0)
  expect(live.state).toMatchObject({ stream: { kind: 'retrying' }, tick: { sessions: 1 } })
  await clock.advance(PULSE_MS)
  expect(live.state.tick?.sessions).toBe(2)
  isAway = true
  await clock.advance(2 * PULSE_MS)
  expect([asked, live.state.tick?.sessions]).toEqual([4, 2])
  live.setOnline(false)
  await clock.advance(4 * PULSE_MS)
  expect(asked).toBe(4)
  live.takeTick(tickAt(clock.now(), 9))
  expect(live.state.tick?.sessions).toBe(2)
  stop()
  live.close()
})
