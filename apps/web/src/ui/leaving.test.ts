import { describe, expect, it } from 'vitest'
import { createLeaving, LEAVING_MAX_MS } from './leaving.ts'

function rig() {
  const at = { href: 'http://console/sessions?filter=idle', now: 5 }
  return {
    at,
    leaving: createLeaving(
      () => at.href,
      () => at.now,
    ),
  }
}

describe('a page', () => {
  it('is not being left before a navigation begins', () => {
    expect(rig().leaving.isUnderWay()).toBe(false)
  })

  it('is being left from the press until the address is where it goes', () => {
    const { at, leaving } = rig()
    leaving.note('/sessions/a-1')
    expect(leaving.isUnderWay()).toBe(true)
    at.href = 'http://console/sessions?filter=idle&peek=a-1'
    expect(leaving.isUnderWay()).toBe(true)
    at.href = 'http://console/sessions/a-1#field-room'
    expect(leaving.isUnderWay()).toBe(false)
  })

  it('is not being left by a navigation to itself', () => {
    const { leaving } = rig()
    leaving.note('/sessions?filter=idle#top')
    expect(leaving.isUnderWay()).toBe(false)
    leaving.note('/sessions')
    expect(leaving.isUnderWay()).toBe(false)
  })

  it('says that it is being left once for each navigation to another one, as long as somebody listens', () => {
    const { leaving } = rig()
    let told = 0
    const stop = leaving.onLeave(() => told++)
    leaving.note('/sessions')
    expect(told).toBe(0)
    leaving.note('/sessions/a-1')
    expect(told).toBe(1)
    stop()
    leaving.note('/health')
    expect(told).toBe(1)
  })

  it('is not being left for ever by a navigation that never comes', () => {
    const { at, leaving } = rig()
    leaving.note('/sessions/a-1')
    at.now += LEAVING_MAX_MS
    expect(leaving.isUnderWay()).toBe(false)
  })
})
