import type { RowTurn, SessionRow, Sessions, Sid } from '@holdfast/store/contracts'
import { createSid } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import {
  applyLatest,
  EMPTY_LIST,
  forgetRevisions,
  hasMissed,
  hasNew,
  heldOf,
  heldText,
  type SessionList,
  takePage,
  takePatch,
} from './session-list.ts'

const AT = Date.parse('2026-11-24T02:14:08Z')
const sidOf = (number: number): Sid => createSid(`01ARZ3NDEKTSV4RRFFQ${String(number).padStart(7, '0')}`)
const rowOf = (number: number, change: Partial<SessionRow> = {}): SessionRow => ({
  sid: sidOf(number),
  handle: number,
  version: '1.1.1',
  state: 'in-sync',
  missingIn: [],
  odd: [],
  status: 'connected',
  loginState: 'loggedIn',
  player: { dbref: `#${number}`, name: `P${number}` },
  gateway: 'gw-1',
  server: 'srv-1',
  transport: 'telnet',
  ip: '192.0.2.1',
  host: 'host.example',
  client: null,
  connectedAt: new Date(AT - 60_000).toISOString(),
  idleMs: 0,
  pending: 0,
  drifted: [],
  ...change,
})
const turnOf = (row: SessionRow, was: string): RowTurn => {
  const { sid, version, state, missingIn, odd, status, loginState, idleMs, pending, drifted } = row
  return { sid, was, version, state, missingIn, odd, status, loginState, idleMs, pending, drifted }
}
const pageOf = (rev: number, numbers: number[], change: Partial<Sessions> = {}): Sessions => ({
  rev,
  asOf: new Date(AT).toISOString(),
  sources: [],
  items: numbers.map((number) => rowOf(number)),
  total: numbers.length,
  offset: 0,
  limit: 100,
  ...change,
})
const shownOf = ({ shown }: SessionList): number[] =>
  [...(shown?.sids ?? [])].sort(([a], [b]) => a - b).map(([, sid]) => Number(sid.slice(-7)))
const listOf = (numbers: number[]): SessionList => takePage(EMPTY_LIST, 'q', pageOf(1, numbers), false)

describe('the list of sessions', () => {
  it('shows what the console says while no hand is over it', () => {
    const list = takePage(listOf([1, 2, 3]), 'q', pageOf(2, [3, 1, 4]), false)
    expect(shownOf(list)).toEqual([3, 1, 4])
    expect(heldOf(list)).toBeNull()
  })

  it('keeps order and membership under a hand, and says what is held', () => {
    const held = takePage(listOf([1, 2, 3]), 'q', pageOf(2, [3, 1, 2, 4, 5]), true)
    expect(shownOf(held)).toEqual([1, 2, 3])
    expect(heldOf(held)).toEqual({ added: 2, left: 0, isReordered: true })
    expect(shownOf(applyLatest(held))).toEqual([3, 1, 2, 4, 5])
  })

  it('changes values in place under a hand', () => {
    const list = takePatch(
      listOf([1, 2]),
      { from: 1, to: 2, up: [rowOf(2, { state: 'drifted', drifted: ['room'] })], turns: [], rm: [] },
      AT,
    )
    const known = list.rows.get(sidOf(2))
    expect(known?.row.state).toBe('drifted')
    expect(known?.changed).toEqual(new Set(['state', 'drifted']))
  })

  it('takes what a typed line changes into the row that it goes on from, and asks where that is another', () => {
    const turn = turnOf(rowOf(2, { version: '1.1.2', pending: 3, idleMs: 0 }), '1.1.1')
    const patch = { from: 1, to: 2, up: [], turns: [turn], rm: [] }
    const list = listOf([1, 2])
    expect(hasMissed(list, patch)).toBe(false)
    const row = takePatch(list, patch, AT).rows.get(sidOf(2))?.row
    expect(row).toEqual(rowOf(2, { version: '1.1.2', pending: 3, idleMs: 0 }))
    const later = { from: 2, to: 3, up: [], turns: [{ ...turn, was: '1.1.8', version: '1.1.9' }], rm: [] }
    expect(takePatch(list, later, AT)).toBe(list)
    expect(hasMissed(list, later)).toBe(true)
    expect(hasMissed(list, { ...later, turns: [{ ...turn, sid: sidOf(9), was: '1.1.8' }] })).toBe(false)
  })

  it('draws nothing for a patch that has none of its rows', () => {
    const list = listOf([1, 2])
    expect(takePatch(list, { from: 1, to: 2, up: [rowOf(9)], turns: [], rm: [sidOf(8)] }, AT)).toBe(list)
  })

  it('counts what left by name, and what came by the totals', () => {
    let list = takePatch(listOf([1, 2, 3]), { from: 1, to: 2, up: [], turns: [], rm: [sidOf(2)] }, AT)
    list = takePage(list, 'q', pageOf(3, [1, 3, 7, 8]), true)
    expect(heldOf(list)).toEqual({ added: 2, left: 1, isReordered: true })
    expect(heldText({ added: 3, left: 1, isReordered: true })).toBe('3 new, 1 left, order changed')
  })

  it('passes over what is older than what it knows', () => {
    const list = takePatch(listOf([1]), { from: 1, to: 5, up: [rowOf(1, { pending: 3 })], turns: [], rm: [] }, AT)
    expect(takePage(list, 'q', pageOf(4, [1]), false).rows.get(sidOf(1))?.row.pending).toBe(3)
    const late = takePage(list, 'q', pageOf(9, [1]), false)
    expect(takePage(late, 'q', pageOf(8, [2]), false)).toBe(late)
  })

  it('never adds a row that nobody asked for, and tells a new session from one further down', () => {
    const list = listOf([1, 2])
    const later = rowOf(9, { connectedAt: new Date(AT + 1_000).toISOString() })
    expect(takePatch(list, { from: 1, to: 2, up: [later], turns: [], rm: [] }, AT).rows.has(sidOf(9))).toBe(false)
    expect(hasNew(list, { from: 1, to: 2, up: [later], turns: [], rm: [] })).toBe(true)
    expect(hasNew(list, { from: 1, to: 2, up: [rowOf(9)], turns: [], rm: [] })).toBe(false)
  })

  it('fills in what has not been on the screen, also under a hand, and nothing twice', () => {
    const first = takePage(EMPTY_LIST, 'q', pageOf(1, [1, 2], { total: 4, limit: 2 }), false)
    const second = takePage(first, 'q', pageOf(2, [2, 3], { total: 4, limit: 2, offset: 2 }), true)
    expect(shownOf(second)).toEqual([1, 2, 3])
  })

  it('begins anew with another question, whatever is held', () => {
    const list = takePage(listOf([1, 2, 3]), 'other', pageOf(1, [9]), true)
    expect(shownOf(list)).toEqual([9])
    expect(list.rows.size).toBe(1)
  })

  it('has no session in two places, however its windows were asked for', () => {
    const first = takePage(EMPTY_LIST, 'q', pageOf(1, [1, 2], { total: 4, limit: 2 }), false)
    const second = takePage(first, 'q', pageOf(1, [3, 4], { total: 4, limit: 2, offset: 2 }), false)
    expect(shownOf(takePage(second, 'q', pageOf(2, [1, 3], { total: 4, limit: 2 }), false))).toEqual([1, 3, 4])
  })

  it('takes what a console that was started anew says, though its revisions begin again', () => {
    const list = takePage(EMPTY_LIST, 'q', pageOf(900, [1, 2]), false)
    const anew = takePage(forgetRevisions(list), 'q', pageOf(3, [2]), false)
    expect(shownOf(anew)).toEqual([2])
    expect(anew.rows.get(sidOf(2))?.rev).toBe(3)
  })

  it('takes what a console says that was started anew while no stream told of it', () => {
    const list = takePage(EMPTY_LIST, 'q', pageOf(500, [1, 2]), false)
    const later = new Date(AT + 5_000).toISOString()
    expect(shownOf(takePage(list, 'q', pageOf(3, [2, 3], { asOf: later }), false))).toEqual([2, 3])
    expect(shownOf(takePage(list, 'q', pageOf(3, [2, 3]), false))).toEqual([1, 2])
  })

  it('forgets places beyond the end', () => {
    const list = takePage(listOf([1, 2, 3]), 'q', pageOf(2, [1]), false)
    expect(shownOf(list)).toEqual([1])
  })
})
