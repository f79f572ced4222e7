import { type Cell, createSid, type DivergenceItem, type Field } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { byField, byPair, oddCopies, WHOLE } from './pivots.ts'

const AT = '2026-11-24T02:14:08.000Z'
const value = (of: unknown): Cell => ({ kind: 'value', value: of, observedAt: AT })
const field = (name: string, owner: 'gateway' | 'server', cells: [unknown, unknown, unknown]): Field => ({
  name,
  redisField: name,
  owner,
  state: 'drifted',
  since: AT,
  cells: {
    gateway: cells[0] === null ? { kind: 'not-held' } : value(cells[0]),
    server: value(cells[1]),
    redis: value(cells[2]),
  },
  pending: null,
})
const item = (number: number, change: Partial<DivergenceItem>): DivergenceItem => ({
  sid: createSid(`01ARZ3NDEKTSV4RRFFQ${String(number).padStart(7, '0')}`),
  handle: number,
  state: 'drifted',
  missingIn: [],
  fields: [],
  since: AT,
  healedAt: null,
  cause: 'content',
  ...change,
})
const room = field('room', 'server', [null, '#412', '#407'])
const client = field('client', 'gateway', ['4.20', '4.20', '4.17'])
const items = [
  item(1, { fields: [room, client] }),
  item(2, { fields: [room], since: '2026-11-24T02:00:00.000Z' }),
  item(3, { state: 'missing', missingIn: ['redis'] }),
  item(4, { fields: [room], healedAt: AT }),
]

describe('what is wrong, from another side', () => {
  it('counts sessions by field, without what healed', () => {
    expect(byField(items).map(({ name, sessions, odd, since }) => [name, sessions, odd.redis, since])).toEqual([
      ['room', 2, 2, '2026-11-24T02:00:00.000Z'],
      ['client', 1, 1, AT],
      [WHOLE, 1, 1, AT],
    ])
  })

  it('counts by pair of copies, the right one first', () => {
    expect(
      byPair(items).map(({ from, to, sessions, fields }) => [from, to, sessions, fields.map(({ name }) => name)]),
    ).toEqual([
      ['server', 'redis', 2, ['room']],
      ['gateway', 'redis', 2, ['client', WHOLE]],
    ])
  })

  it('calls nobody odd where the owner was not read', () => {
    const unread = {
      ...client,
      cells: { ...client.cells, gateway: { kind: 'unknown', reason: 'silent', observedAt: null } as const },
    }
    expect(oddCopies(unread)).toEqual([])
  })
})
