import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STATES } from '../contracts/index.ts'
import { sidOf } from '../testing/fixtures.ts'
import { keysOf, type RestingRow, type SessionKeys } from './session-keys.ts'
import { readSort, SORT_KEYS } from './session-sort.ts'

const row: RestingRow = {
  sid: sidOf(1),
  handle: 1,
  version: '1.1.1',
  state: 'in-sync',
  missingIn: [],
  odd: [],
  status: 'connected',
  loginState: 'loggedIn',
  player: { dbref: '#5', name: 'Ada' },
  gateway: 'gateway-1',
  server: 'server-1',
  transport: 'telnet',
  ip: '10.1.2.3',
  host: 'host.example',
  client: null,
  connectedAt: '2023-11-14T22:13:20.000Z',
  pending: 0,
  drifted: [],
}
const facts = { signalAt: 1_000, connectedAt: 500, room: null, isWizard: false, isHidden: false }
const sorted = (sort: string, all: readonly SessionKeys[]): number[] => {
  const reading = readSort(sort)
  if (!reading.ok) throw new Error(reading.problem)
  return [...all].sort(reading.order).map(({ handle }) => handle)
}
const keys = (handle: number, given: Partial<RestingRow> = {}, times: Partial<typeof facts> = {}): SessionKeys =>
  keysOf({ ...row, sid: sidOf(handle), handle, ...given }, { ...facts, ...times })

test('several keys weigh in their turn, and the handle is the last word', () => {
  const all = [
    keys(4, {}, { signalAt: 5 }),
    keys(3, {}, { signalAt: 9 }),
    keys(2, {}, { signalAt: 5 }),
    keys(1, { pending: 2 }, { signalAt: 9 }),
  ]
  expect(sorted('-idle,handle', all)).toEqual([2, 4, 1, 3])
  expect(sorted('idle', all)).toEqual([1, 3, 2, 4])
  expect(sorted('-pending,-handle', all)).toEqual([1, 4, 3, 2])
  expect(sorted('', all)).toEqual([1, 2, 3, 4])
})

test('what needs somebody comes first by falling state', () => {
  const all = STATES.map((state, at) => keys(at, { state }))
  expect(sorted('-state', all).map((at) => STATES[at])).toEqual([
    'drifted',
    'missing',
    'ghost',
    'unknown',
    'settling',
    'ignored',
    'in-sync',
  ])
})

test('names sort without regard to case, addresses by their numbers', () => {
  expect(sorted('player', [keys(1, { player: { dbref: '#1', name: 'bob' } }), keys(2)])).toEqual([2, 1])
  expect(sorted('ip', [keys(1, { ip: '10.0.0.10' }), keys(2, { ip: '10.0.0.9' }), keys(3, { ip: '' })])).toEqual([
    2, 1, 3,
  ])
})

test('a key that is none is named', () => {
  expect(readSort('handle,-shoe')).toMatchObject({ ok: false, token: '-shoe' })
  expect(readSort('toString').ok).toBe(false)
  expect(readSort('handle,'.repeat(9)).ok).toBe(false)
})

test('every order is total: whatever the keys, the same rows come in the same order', () => {
  const sort = fc
    .array(fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...SORT_KEYS)), { maxLength: 4 })
    .map((parts) => parts.map(([sign, name]) => sign + name).join())
  const rows = fc.uniqueArray(
    fc.record({ handle: fc.nat(50), pending: fc.nat(2), state: fc.constantFrom(...STATES) }),
    {
      selector: ({ handle }) => handle,
      maxLength: 12,
    },
  )
  fc.assert(
    fc.property(sort, rows, (by, given) => {
      const all = given.map(({ handle, pending, state }) => keys(handle, { pending, state }))
      expect(sorted(by, all)).toEqual(sorted(by, all.toReversed()))
    }),
  )
})
