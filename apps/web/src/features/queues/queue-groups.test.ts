import { createSid, type QueueEntry } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { groupsOf } from './queue-groups.ts'

const entry = (number: number, change: Partial<QueueEntry>): QueueEntry => {
  const sid = createSid(`01ARZ3NDEKTSV4RRFFQ${String(number).padStart(7, '0')}`)
  return {
    entry: `${sid}@server`,
    since: `2026-11-24T02:04:${30 + number}.000Z`,
    attempts: number,
    nextAt: null,
    error: null,
    kind: 'retrying',
    sid,
    process: 'srv-1',
    fields: ['room'],
    ...change,
  }
}

it('puts together what failed for one cause, whatever numbers are in it', () => {
  const groups = groupsOf([
    entry(1, { error: 'ECONNREFUSED 10.0.4.12:6379' }),
    entry(2, { error: 'Command timed out after 800 ms' }),
    entry(3, { error: 'Command timed out after 812 ms', process: 'srv-2', nextAt: '2026-11-24T02:05:00.000Z' }),
    entry(4, { error: 'ECONNREFUSED 10.0.4.13:6379' }),
  ])
  expect(groups.map(({ error, entries }) => [error, entries.length])).toEqual([
    ['Command timed out after 800 ms', 2],
    ['ECONNREFUSED 10.0.4.12:6379', 1],
    ['ECONNREFUSED 10.0.4.13:6379', 1],
  ])
  expect(groups[0]).toMatchObject({
    processes: ['srv-1', 'srv-2'],
    attempts: { min: 2, max: 3 },
    since: '2026-11-24T02:04:32.000Z',
    nextAt: '2026-11-24T02:05:00.000Z',
  })
})
