import type { SessionRecord } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { connected, contextOf, playing } from '../testing/stage.ts'
import { ADMITTING_KIND, STORING_KIND } from './admitted.ts'
import { giveWay } from './give-way.ts'

const lost = playing(2, 'Alice')
const elsewhere = (fields: Partial<SessionRecord> = {}) =>
  playing(5, 'Alice', { player: '#2', gateway: 'gateway-2', ...fields })
const waitingFor = (kind: string) => ({ id: '1:1:1', kind, sealed: 'x', parked: [] })
const close = (session: SessionRecord, reason: 'lost' | 'replaced') => [
  { kind: 'command', to: session.sid, command: { kind: 'close', reason, text: null } },
]

it('waits for its player, who is nowhere else', () => {
  expect(giveWay(lost, contextOf([lost, playing(3, 'Bob', { gateway: 'gateway-2' })]))).toEqual([])
})

it('goes at once when its player plays on at another gateway', () => {
  expect(giveWay(lost, contextOf([lost, elsewhere()]))).toEqual(close(lost, 'replaced'))
})

it('goes at once when its player is about to be let in elsewhere', () => {
  const back = elsewhere({ waitingFor: waitingFor(STORING_KIND) })
  expect(giveWay(lost, contextOf([lost, back]))).toEqual(close(lost, 'replaced'))
})

it.each([
  ['is lost with the same gateway', elsewhere({ gateway: 'gateway-1' })],
  ['is detached itself', elsewhere({ status: 'detached' })],
  ['may still be refused', elsewhere({ waitingFor: waitingFor(ADMITTING_KIND) })],
])('waits where the other session of its player %s', (_, other) => {
  expect(giveWay(lost, contextOf([lost, other]))).toEqual([])
})

it('goes at once when it was nobody’s, and waits for a client that may resume it', () => {
  const visitor = connected(9)
  expect(giveWay(visitor, contextOf([visitor]))).toEqual(close(visitor, 'lost'))
  const resumable = { ...lost, transport: 'websocket', tokenHash: 'of its token' } as const
  expect(giveWay(resumable, contextOf([resumable, elsewhere()]))).toEqual([])
})
