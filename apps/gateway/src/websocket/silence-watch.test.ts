import { expect, it } from 'vitest'
import { createSilenceWatch, PING_EVERY_MS, SILENCE_MAX_MS, SLOW_SILENCE_MAX_MS } from './silence-watch.ts'

const LOOK_MS = 200

/** What each look says, `ms` long. */
function lookFor(ms: number, { isBehind = false, isTalking = false } = {}): string[] {
  const watch = createSilenceWatch(0)
  const said: string[] = []
  for (let now = LOOK_MS; now <= ms; now += LOOK_MS) {
    if (isTalking) watch.heard()
    said.push(watch.look(now, isBehind))
  }
  return said
}

it('asks in equal steps, also one that talks', () => {
  for (const isTalking of [true, false]) {
    const asked = lookFor(SILENCE_MAX_MS, { isTalking }).filter((each) => each === 'ask')
    expect(asked).toHaveLength(SILENCE_MAX_MS / PING_EVERY_MS)
  }
})

it('gives up who is silent for too long, later where output waits, and nobody who talks', () => {
  expect(lookFor(SILENCE_MAX_MS)).not.toContain('lost')
  expect(lookFor(SILENCE_MAX_MS + LOOK_MS).at(-1)).toBe('lost')
  expect(lookFor(SLOW_SILENCE_MAX_MS, { isBehind: true })).not.toContain('lost')
  expect(lookFor(SLOW_SILENCE_MAX_MS + LOOK_MS, { isBehind: true }).at(-1)).toBe('lost')
  expect(lookFor(2 * SLOW_SILENCE_MAX_MS, { isTalking: true })).not.toContain('lost')
})

it('takes the time that this process did not run for no silence of a client’s', () => {
  const watch = createSilenceWatch(0)
  expect(watch.look(10 * SLOW_SILENCE_MAX_MS, false)).toBe('ask')
})
