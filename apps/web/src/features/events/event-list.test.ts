import type { EventItem, Events } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { EVENTS_MAX, linkedIn, NO_EVENTS, withNewest, withOlder } from './event-list.ts'

const AT = '2026-11-24T02:14:08.000Z'
const event = (id: number): EventItem => ({
  kind: 'event',
  id: `e${id}`,
  at: AT,
  type: 'connection.opened',
  sid: null,
  player: null,
  process: 'gw-1',
  detail: {},
  finding: null,
  topic: 'holdfast.events',
  partition: 0,
  offset: id,
})
const page = (ids: number[], next: string | null = 'c'): Events => ({
  rev: 1,
  asOf: AT,
  sources: [],
  items: ids.map(event),
  next,
})
const ids = (items: readonly EventItem[]): string[] => items.map((item) => (item.kind === 'gap' ? 'gap' : item.id))

describe('the tail of events', () => {
  it('takes what is new, once, newest first', () => {
    const list = withNewest(withNewest(NO_EVENTS, page([3, 2, 1])), page([5, 4, 3]))
    expect(ids(list.items)).toEqual(['e5', 'e4', 'e3', 'e2', 'e1'])
    expect(withNewest(list, page([5, 4, 3]))).toBe(list)
  })

  it('says where events came that it has not read', () => {
    const list = withNewest(withNewest(NO_EVENTS, page([2, 1])), page([9, 8]))
    expect(ids(list.items)).toEqual(['e9', 'e8', 'gap', 'e2', 'e1'])
  })

  it('goes on with what is older', () => {
    const list = withOlder(withNewest(NO_EVENTS, page([9, 8])), page([8, 7], null))
    expect(ids(list.items)).toEqual(['e9', 'e8', 'e7'])
    expect(list.next).toBeNull()
  })

  it('says of a linked event whether it is listed, has to be looked for, is older or gone', () => {
    const place = { partition: 0, offset: 1 }
    const newest = withNewest(NO_EVENTS, page([9, 8]))
    expect([linkedIn(NO_EVENTS, place, 10), linkedIn(newest, null, 10)]).toEqual([null, null])
    expect([linkedIn(newest, place, 10), linkedIn(newest, place, 2)]).toEqual(['look', 'older'])
    expect(linkedIn(withOlder(newest, page([7, 1])), place, 2)).toBe('here')
    expect(linkedIn(withOlder(newest, page([7], null)), place, 10)).toBe('gone')
    expect(linkedIn(newest, { partition: 1, offset: 9 }, 10)).toBe('look')
    const full = withNewest(NO_EVENTS, page(Array.from({ length: EVENTS_MAX }, (_, index) => index + 2)))
    expect(linkedIn(full, place, 90_000)).toBe('older')
  })

  it('keeps a bounded number', () => {
    const many = page(Array.from({ length: EVENTS_MAX }, (_, index) => index))
    expect(withNewest(withNewest(NO_EVENTS, many), page([90_001, 0])).items).toHaveLength(EVENTS_MAX)
  })
})
