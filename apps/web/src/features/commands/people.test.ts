import { createSid, type SessionRow } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { type Person, replacedOf, replacedText } from './people.ts'

const sid = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const BETH = { dbref: '#7', name: 'Beth' }
const CARL = { dbref: '#8', name: 'Carl' }

const rowOf = (player: SessionRow['player'], change: Partial<SessionRow> = {}): SessionRow => ({
  sid,
  handle: 6,
  version: '1.1.1',
  state: 'in-sync',
  missingIn: [],
  odd: [],
  status: 'connected',
  loginState: player ? 'loggedIn' : 'connected',
  player,
  gateway: 'gw-1',
  server: 'srv-1',
  transport: 'telnet',
  ip: '10.0.0.1',
  host: 'example.net',
  client: null,
  connectedAt: '2026-11-24T02:14:08.000Z',
  idleMs: 0,
  pending: 0,
  drifted: [],
  ...change,
})
const seen = (player: SessionRow['player']): Person => ({ sid, handle: 6, player })
const replaced = (before: SessionRow['player'], now: SessionRow | null): readonly string[] =>
  replacedOf([seen(before)], new Map(now ? [[sid, now]] : [])).map(replacedText)

it('tells when another player is on the session than the wizard saw, or none', () => {
  expect(replaced(BETH, rowOf(CARL))).toEqual(['Session 6 is Carl’s now; you saw Beth on it'])
  expect(replaced(BETH, rowOf(null))).toEqual(['Session 6 has nobody logged in now; you saw Beth on it'])
  expect(replaced(null, rowOf(BETH))).toEqual(['Session 6 is Beth’s now; you saw nobody on it'])
})

it('does not mind a player who is busy, detached, renamed or gone', () => {
  expect(replaced(BETH, rowOf(BETH, { version: '1.9.40', status: 'detached' }))).toEqual([])
  expect(replaced(BETH, rowOf({ ...BETH, name: 'Bethany' }))).toEqual([])
  expect(replaced(BETH, rowOf(null, { status: 'closed' }))).toEqual([])
  expect(replaced(BETH, null)).toEqual([])
})
