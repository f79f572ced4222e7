import { manualClock } from '@holdfast/runtime/testing'
import { describe, expect, it } from 'vitest'
import { createAvailability, PROBE_AWAY_MS, PROBE_IDLE_MS } from './availability.ts'

function stage() {
  const clock = manualClock()
  const state = { answers: true, probes: 0, changes: [] as boolean[] }
  const probe = async (): Promise<boolean> => {
    state.probes += 1
    return state.answers
  }
  const availability = createAvailability({ probe, clock, changed: (available) => state.changes.push(available) })
  return { clock, state, availability }
}

describe('availability', () => {
  it('notices an outage by itself, though nobody plays', async () => {
    const { clock, state, availability } = stage()
    state.answers = false
    await clock.advance(PROBE_IDLE_MS)
    expect(availability.isAvailable()).toBe(false)
    expect(state.changes).toEqual([false])
  })

  it('looks more often while away, and wakes who waits as soon as it is back', async () => {
    const { clock, state, availability } = stage()
    state.answers = false
    availability.lost()
    const waited = availability.untilAvailable(10_000)
    await clock.advance(PROBE_AWAY_MS * 3)
    expect(state.probes).toBe(3)
    state.answers = true
    await clock.advance(PROBE_AWAY_MS)
    expect(await waited).toBe(true)
    expect(state.changes).toEqual([false, true])
  })

  it('lets nobody wait beyond the bound or the signal', async () => {
    const { clock, state, availability } = stage()
    state.answers = false
    availability.lost()
    const bounded = availability.untilAvailable(1_000)
    const ours = new AbortController()
    const aborted = availability.untilAvailable(60_000, ours.signal)
    await clock.advance(1_000)
    expect(await bounded).toBe(false)
    ours.abort(new Error('moved on'))
    await expect(aborted).rejects.toThrow('moved on')
  })

  it('leaves no timer behind when it is closed, and tells who waits', async () => {
    const { clock, state, availability } = stage()
    state.answers = false
    availability.lost()
    const waited = availability.untilAvailable(60_000)
    availability.close()
    expect(await waited).toBe(false)
    await clock.advance(0)
    expect(clock.pendingTimers()).toBe(0)
  })
})
