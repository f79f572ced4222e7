import { describe, expect, it } from 'vitest'
import { AT, connected, playing } from '../testing/stage.ts'
import { formatIdle, formatOnFor, whoTable } from './who-table.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('WHO', () => {
  it.each([
    [0, '0s'],
    [12 * SECOND, '12s'],
    [59_999, '59s'],
    [MINUTE, '1m'],
    [2 * HOUR + MINUTE, '2h'],
    [DAY, '1d'],
    [-5_000, '0s'],
  ])('says that %d ms idle are %s', (ms, text) => {
    expect(formatIdle(ms)).toBe(text)
  })

  it.each([
    [12 * SECOND, '00:00'],
    [HOUR + 2 * MINUTE, '01:02'],
    [DAY + 2 * HOUR + 3 * MINUTE, '1d 02:03'],
  ])('says that %d ms on are %s', (ms, text) => {
    expect(formatOnFor(ms)).toBe(text)
  })

  it('lists who plays in the columns that clients know, the latest first', () => {
    const viewer = playing(2, 'Alice', { connectedAt: AT - 62 * MINUTE, lastConnectionSignal: AT - MINUTE })
    const bob = playing(3, 'Bob the Great', {
      connectedAt: AT - 12 * SECOND,
      lastConnectionSignal: AT - 12 * SECOND,
      meta: { _doing: 'fishing' },
    })
    expect(whoTable([viewer, bob, connected(9)], { at: AT, viewer, prefix: '' }).split('\n')).toEqual([
      'Player Name          On For   Idle  Doing',
      'Bob the Great         00:00    12s  fishing',
      'Alice                 01:02     0s',
      'There are 2 players connected.',
    ])
  })

  it('counts one and none in words', () => {
    const viewer = connected(1)
    expect(whoTable([], { at: AT, viewer, prefix: '' })).toContain('There are no players connected.')
    expect(whoTable([playing(2, 'Alice')], { at: AT, viewer, prefix: '' })).toContain('There is 1 player connected.')
  })

  it('leaves out who hides, but for wizards and oneself', () => {
    const ghost = playing(4, 'Ghost', { hidden: true })
    const ask = (viewer: typeof ghost) => whoTable([ghost, viewer], { at: AT, viewer, prefix: 'gh' })
    expect(ask(playing(2, 'Alice'))).not.toContain('Ghost')
    expect(ask(connected(5, { wizard: true }))).not.toContain('Ghost')
    expect(ask(playing(2, 'Alice', { wizard: true }))).toContain('Ghost')
    expect(whoTable([ghost], { at: AT, viewer: ghost, prefix: '' })).toContain('Ghost')
  })

  it('takes the beginning of a name', () => {
    const viewer = playing(2, 'Alice')
    const table = whoTable([viewer, playing(3, 'Bob')], { at: AT, viewer, prefix: 'bo' })
    expect(table).toContain('Bob')
    expect(table).not.toContain('Alice')
  })
})
