import { createSid, type RowTurn, type SessionRow } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { mergePatches, sizeOf } from './merge-patches.ts'

const sid = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const turn = (was: string, version: string, pending = 0): RowTurn => ({
  sid,
  was,
  version,
  state: 'in-sync',
  missingIn: [],
  odd: [],
  status: 'connected',
  loginState: 'loggedIn',
  idleMs: 0,
  pending,
  drifted: [],
})
const { was: _, ...volatile } = turn('1', '1')
const row: SessionRow = {
  ...volatile,
  handle: 1,
  player: null,
  gateway: 'gw-1',
  server: 'srv-1',
  transport: 'telnet',
  ip: '192.0.2.1',
  host: 'host.example',
  client: null,
  connectedAt: '2026-11-24T02:14:08.000Z',
}
const patch = (from: number, change: { up?: SessionRow[]; turns?: RowTurn[]; rm?: (typeof sid)[] }) => ({
  from,
  to: from + 1,
  up: [],
  turns: [],
  rm: [],
  ...change,
})

test('turns of one row are one, from where the first began', () => {
  const merged = mergePatches([patch(1, { turns: [turn('1', '2')] }), patch(2, { turns: [turn('2', '3', 4)] })])
  expect(merged).toEqual({ from: 1, to: 3, up: [], turns: [turn('1', '3', 4)], rm: [] })
})

test('a turn after the whole row is part of it, and a whole row replaces turns', () => {
  const whole = patch(1, { up: [row] })
  const turned = patch(2, { turns: [turn('1', '2', 4)] })
  expect(mergePatches([whole, turned])).toEqual({
    from: 1,
    to: 3,
    up: [{ ...row, version: '2', pending: 4 }],
    turns: [],
    rm: [],
  })
  expect(mergePatches([turned, patch(3, { up: [row] })])).toMatchObject({ up: [row], turns: [] })
})

test('a session that left is told of as gone alone', () => {
  const merged = mergePatches([patch(1, { up: [row] }), patch(2, { turns: [turn('1', '2')] }), patch(3, { rm: [sid] })])
  expect(merged).toEqual({ from: 1, to: 4, up: [], turns: [], rm: [sid] })
  expect(merged && sizeOf(merged)).toBe(1)
  expect(mergePatches([])).toBeNull()
})
