import { expect, it } from 'vitest'
import { unheardSince } from './unheard.ts'

const SINCE = '2026-11-24T21:15:54.000Z'
const tick = (up: boolean, observedAt: string | null = SINCE) => ({
  kafka: { up, lag: up ? 0 : null },
  sources: [{ id: 'kafka', status: 'dead' as const, observedAt }],
})
const event = (at: string) => ({ kind: 'event' as const, at })

it('says since when nothing is heard while Kafka is away, above what came before', () => {
  expect(unheardSince(tick(false), [event('2026-11-24T21:15:53.000Z')])).toEqual({ since: SINCE })
  expect(unheardSince(tick(false), [])).toEqual({ since: SINCE })
  expect(unheardSince(tick(false, null), [event(SINCE)])).toEqual({ since: null })
})

it('never stands above an event that came since', () => {
  expect(unheardSince(tick(false), [event('2026-11-24T21:16:10.000Z'), event(SINCE)])).toBeNull()
})

it('takes a gap for no event, and a clock that is a second ahead for none that came since', () => {
  const gap = { kind: 'gap' as const, at: '2026-11-24T21:16:10.000Z' }
  expect(unheardSince(tick(false), [gap, event('2026-11-24T21:15:55.000Z')])).toEqual({ since: SINCE })
})

it('says nothing while Kafka answers, or before anything is known', () => {
  expect(unheardSince(tick(true), [])).toBeNull()
  expect(unheardSince(null, [])).toBeNull()
})
