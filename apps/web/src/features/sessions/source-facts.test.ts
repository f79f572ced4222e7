import type { Source } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { answeringOf, unknownReason, unreadCopies } from './source-facts.ts'

const NOW = Date.parse('2026-11-24T02:14:08Z')
const row = { gateway: 'gw-2', server: 'srv-1', status: 'connected' } as const
const source = (id: string, status: Source['status'] = 'fresh', seconds = 1): Source => ({
  id,
  status,
  observedAt: new Date(NOW - seconds * 1_000).toISOString(),
})
const all = (...dead: string[]) =>
  answeringOf(['redis', 'kafka', 'gw-2', 'srv-1'].filter((id) => !dead.includes(id)).join(' '))

describe('the copies that are read', () => {
  it('are those whose source answers', () => {
    expect(unreadCopies(row, all())).toEqual([])
    expect(unreadCopies(row, all('gw-2'))).toEqual(['gateway'])
    expect(unreadCopies(row, all('redis', 'srv-1'))).toEqual(['server', 'redis'])
  })

  it('are no memories without Kafka', () => {
    expect(unreadCopies(row, all('kafka'))).toEqual(['gateway', 'server'])
  })

  it('are not those of a gateway that lost the session and is silent, though the session needs it no more', () => {
    expect(unreadCopies({ ...row, status: 'detached' }, all('gw-2'))).toEqual(['gateway'])
    expect(unreadCopies({ ...row, status: 'closed' }, all('gw-2'))).toEqual([])
  })

  it('are not taken for unread before anything is known', () => {
    expect(unreadCopies(row, answeringOf(null))).toEqual([])
  })
})

describe('the reason of an unknown state', () => {
  it('names the first cause and since when', () => {
    const sources = [source('redis'), source('kafka'), source('gw-2', 'dead', 14), source('srv-1')]
    expect(unknownReason(row, sources, NOW)).toBe('source silent 14 s')
    expect(
      unknownReason(row, [source('redis'), source('kafka', 'dead', 9), source('gw-2'), source('srv-1')], NOW),
    ).toBe('memories unread 9.0 s')
  })

  it('is silence too where a process is listed no more', () => {
    expect(unknownReason(row, [source('redis'), source('kafka'), source('srv-1')], NOW)).toBe('source silent')
  })
})
