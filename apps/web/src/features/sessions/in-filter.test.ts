import { createSid, type SessionRow, type Sid } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { scopeOfSelection } from '#features/commands/scope.ts'
import { hiddenText, inFilter, ofFilter } from './in-filter.ts'
import { NOTHING, type Selection, withRows } from './selection.ts'

const rowOf = (handle: number, name: string): SessionRow => ({
  sid: createSid(`01ARZ3NDEKTSV4RRFFQ000000${handle}`),
  handle,
  version: '1.1.1',
  state: 'in-sync',
  missingIn: [],
  odd: [],
  status: 'connected',
  loginState: 'loggedIn',
  player: { dbref: `#${handle}`, name },
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
})
const [beth, carl, dora] = [rowOf(6, 'Beth'), rowOf(7, 'Carl'), rowOf(8, 'Dora')]
const selected = withRows(NOTHING, [beth, carl, dora])
const nobodyIsGone = (): boolean => false

it('lets a command have only what the filter shows, and says how many it leaves alone', () => {
  const shown = new Set<Sid>([carl.sid, dora.sid])
  const { selection, hidden } = inFilter(selected, (sid) => shown.has(sid))
  expect(scopeOfSelection(selection, nobodyIsGone, hidden)).toMatchObject({
    target: { sids: [carl.sid, dora.sid] },
    sentence: '2 selected (1 more hidden by the filter, left alone)',
    count: 2,
  })
  expect([hiddenText(hidden), hiddenText(0)]).toEqual(['1 more hidden by the filter, left alone', null])
})

it('takes nobody of whom it does not know whether the filter hides them', () => {
  const told = inFilter(selected, (sid) => (sid === beth.sid ? true : null))
  expect(told).toMatchObject({ hidden: 0, unread: 2 })
  expect(scopeOfSelection(told.selection, nobodyIsGone).target).toEqual({ sids: [beth.sid] })
})

it('has all that match a filter selected only while the page has that filter', () => {
  const all: Selection = { kind: 'all', filter: 'state:drifted', total: 388, asOf: beth.connectedAt }
  expect(ofFilter(all, 'state:drifted')).toBe(all)
  expect(ofFilter(all, 'player:beth')).toBe(NOTHING)
  expect(ofFilter(selected, 'player:beth')).toBe(selected)
})
