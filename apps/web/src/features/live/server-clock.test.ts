import { describe, expect, it } from 'vitest'
import { createServerClock } from './server-clock.ts'

describe('the console’s time', () => {
  it('is the browser’s own before anything is known', () => {
    expect(createServerClock(() => 5_000).now()).toBe(5_000)
  })

  it('is told best by the quickest answer', () => {
    const clock = createServerClock(() => 100_000)
    clock.note({ sentAt: 99_000, receivedAt: 99_010, serverMs: 90_005 })
    clock.note({ sentAt: 99_000, receivedAt: 99_900, serverMs: 91_500 })
    expect(clock.now()).toBe(91_000)
  })

  it('is told by a stream where nothing was asked', () => {
    const clock = createServerClock(() => 100_000)
    clock.noteTold(40_000, 100_000)
    expect(clock.now()).toBe(40_000)
    clock.note({ sentAt: 99_980, receivedAt: 100_000, serverMs: 40_090 })
    expect(clock.now()).toBe(40_100)
  })

  it('follows a clock that was set, once the old answers are forgotten', () => {
    const clock = createServerClock(() => 100_000)
    clock.note({ sentAt: 0, receivedAt: 2, serverMs: 1 })
    for (let answer = 0; answer < 12; answer++) clock.note({ sentAt: 100, receivedAt: 140, serverMs: 50_120 })
    expect(clock.now()).toBe(150_000)
  })
})
