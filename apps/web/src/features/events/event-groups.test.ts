import { createSid, type EventItem } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { groupedEvents, groupText } from './event-groups.ts'

type Told = Extract<EventItem, { kind: 'event' }>
const event = (id: number, change: Partial<Told> = {}): Told => ({
  kind: 'event',
  id: `e${id}`,
  at: '2026-11-24T02:14:08.000Z',
  type: 'ownership.moved',
  sid: null,
  player: null,
  process: 'srv-1',
  detail: { partition: id, epoch: 1, how: id < 4 ? 'rebuilt' : 'loaded' },
  finding: null,
  topic: 'holdfast.events',
  partition: 0,
  offset: id,
  ...change,
})
const opened = event(99, {
  type: 'connection.opened',
  sid: createSid('01ARZ3NDEKTSV4RRFFQ0000001'),
  detail: {},
})
const taken = (count: number, process = 'srv-1'): Told[] =>
  Array.from({ length: count }, (_, index) => event(count - index - 1, { process }))
const shapeOf = (items: readonly EventItem[]): (string | number)[] =>
  groupedEvents(items).map((row) => (row.kind === 'group' ? row.items.length : row.id))

test('says in one row that a server took its partitions, and has every event in it', () => {
  const rows = groupedEvents([opened, ...taken(64)])
  expect(rows).toHaveLength(2)
  const [, group] = rows
  if (group?.kind !== 'group') throw new Error('no group')
  expect(groupText(group)).toBe('Server srv-1 took 64 partitions: 60 loaded, 4 rebuilt')
  expect(group.items.map(({ id }) => id)).toEqual(taken(64).map(({ id }) => id))
})

test('puts nothing together across another event, another process, a gap, or of fewer than three', () => {
  const gap: EventItem = { kind: 'gap', id: 'g', at: opened.at, reason: 'not read' }
  expect(shapeOf([...taken(3), opened, ...taken(4), ...taken(5, 'srv-2'), gap, ...taken(2)])).toEqual([
    3,
    'e99',
    4,
    5,
    'g',
    'e1',
    'e0',
  ])
})

test('leaves what is about sessions in rows of their own: whom it was is what one looks for', () => {
  expect(shapeOf([opened, opened, opened, opened])).toEqual(['e99', 'e99', 'e99', 'e99'])
})

test('is the same group while newer ones join it', () => {
  const idOf = (items: readonly EventItem[]) => groupedEvents(items)[0]?.id
  expect(idOf(taken(9))).toBe(idOf(taken(8)))
})
