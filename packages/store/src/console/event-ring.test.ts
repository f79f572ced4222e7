import { expect, test } from 'vitest'
import { eventsSchema, type ShownEvent } from '../contracts/index.ts'
import { encode } from '../kafka/envelope.ts'
import { AT, sidOf } from '../testing/fixtures.ts'
import { createEventRing, EVENTS_KEPT, type EventRing } from './event-ring.ts'

let offset = 0
const say = (ring: EventRing, event: Partial<ShownEvent> & { id: string }): ShownEvent | null => {
  const shown: ShownEvent = {
    v: 1,
    at: AT,
    from: 'server-a',
    type: 'connection.opened',
    sid: null,
    detail: {},
    ...event,
  }
  return ring.apply({ partition: 1, offset: offset++, key: null, value: Buffer.from(encode(shown)) })
}
const ids = (ring: EventRing, query: Parameters<EventRing['page']>[0] = {}): string[] =>
  ring.page(query).items.map(({ id }) => id)
const ringOf = () => createEventRing((sid) => (sid === sidOf(1) ? '#5 Ada' : null))

test('gives the newest first, each once, though its cause was played again', () => {
  const ring = ringOf()
  for (const id of ['a', 'b', 'a', 'c']) say(ring, { id })
  expect(ids(ring)).toEqual(['c', 'b', 'a'])
  expect(say(ring, { id: 'b' })).toBeNull()
})

test('tells of a finding again when it has become another', () => {
  const ring = ringOf()
  const finding = {
    sid: sidOf(1),
    handle: 1,
    state: 'drifted',
    cause: 'content',
    missingIn: [],
    since: AT,
    fields: [],
    policy: 'show',
  } as const
  const found = { id: 'f', type: 'divergence.found', sid: sidOf(1) } as const
  for (const policy of ['show', 'show', 'fighting'] as const)
    say(ring, { ...found, finding: { ...finding, missingIn: [], fields: [], policy } })
  expect(ring.page({}).items.map((item) => item.kind === 'event' && item.finding?.policy)).toEqual(['fighting', 'show'])
})

test('pages by a cursor that what comes meanwhile does not move', () => {
  const ring = ringOf()
  for (let n = 0; n < 10; n++) say(ring, { id: String(n) })
  const first = ring.page({ limit: 4 })
  for (let n = 10; n < 15; n++) say(ring, { id: String(n) })
  const second = ring.page({ limit: 4, before: first.next ?? '' })
  const third = ring.page({ limit: 4, before: second.next ?? '' })
  expect([first, second, third].map(({ items }) => items.map(({ id }) => id))).toEqual([
    ['9', '8', '7', '6'],
    ['5', '4', '3', '2'],
    ['1', '0'],
  ])
  expect(third.next).toBeNull()
})

test('filters by type, session, process, player and text; a gap is shown whatever is looked for', () => {
  const ring = ringOf()
  say(ring, { id: 'opened', sid: sidOf(1), detail: { host: 'host.example' } })
  say(ring, {
    id: 'closed',
    sid: sidOf(2),
    type: 'connection.closed',
    detail: { reason: 'Idle', player: '#9', playerName: 'Bob' },
  })
  ring.gap(AT, 'opened anew')
  say(ring, { id: 'moved', from: 'server-b', type: 'ownership.moved', detail: { partition: 7 } })
  const found = (query: Parameters<EventRing['page']>[0]) => ids(ring, query).filter((id) => !id.startsWith('gap'))
  expect(found({ types: ['connection.closed', 'ownership.moved'] })).toEqual(['moved', 'closed'])
  expect(found({ sid: sidOf(1) })).toEqual(['opened'])
  expect(found({ process: 'server-b' })).toEqual(['moved'])
  expect(found({ player: 'ada' })).toEqual(['opened'])
  expect(found({ player: '#9' })).toEqual(['closed'])
  expect(found({ text: 'idle' })).toEqual(['closed'])
  expect(found({ text: 'ada' })).toEqual(['opened'])
  expect(ids(ring, { text: 'nothing has this' })).toHaveLength(1)
  const page = { rev: 1, asOf: new Date(AT).toISOString(), sources: [], ...ring.page({}) }
  expect(eventsSchema.parse(page)).toEqual(page)
})

test('puts what was there at the start in the order of time', () => {
  const ring = ringOf()
  say(ring, { id: 'late', at: AT + 9 })
  say(ring, { id: 'early', at: AT })
  ring.settle()
  say(ring, { id: 'new', at: AT + 5 })
  expect(ids(ring)).toEqual(['new', 'late', 'early'])
})

test('holds no more than its bound, and passes over what cannot be read', () => {
  const ring = ringOf()
  for (let n = 0; n < EVENTS_KEPT + 10; n++) say(ring, { id: String(n) })
  expect(ring.size).toBeLessThanOrEqual(EVENTS_KEPT)
  expect(ring.size).toBeGreaterThan(EVENTS_KEPT * 0.9)
  ring.apply({ partition: 0, offset: 1, key: null, value: Buffer.from('{') })
  expect(ring.unreadable).toBe(1)
})
