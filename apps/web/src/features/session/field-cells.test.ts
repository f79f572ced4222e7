import type { Cell, Field } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { cellsOf, rowSentence } from './field-cells.ts'

const AT = '2026-11-24T02:14:08.000Z'
const options = { isRaw: false, now: Date.parse(AT) }
const value = (of: unknown): Cell => ({ kind: 'value', value: of, observedAt: AT })
const absent: Cell = { kind: 'absent', observedAt: AT }
const notHeld: Cell = { kind: 'not-held' }
const unknown: Cell = { kind: 'unknown', reason: 'gw-2 silent for 14 s', observedAt: AT, last: 43 }
const field = (cells: [Cell, Cell, Cell], change: Partial<Field> = {}): Field => ({
  name: 'room',
  redisField: 'room',
  owner: 'server',
  state: 'in-sync',
  since: null,
  cells: { gateway: cells[0], server: cells[1], redis: cells[2] },
  pending: null,
  ...change,
})
const looks = (each: Field): string[] => cellsOf(each, options).map(({ copies, look }) => `${copies.join('+')} ${look}`)
const marks = (each: Field): string[] =>
  cellsOf(each, options).map(({ content }) =>
    content.kind === 'value'
      ? content.pieces.map(({ text, isOdd }) => (isOdd ? `[${text}]` : text)).join('')
      : content.kind,
  )

describe('the cells of a field', () => {
  it('are one where all copies say the same', () => {
    expect(looks(field([value('a'), value('a'), value('a')]))).toEqual(['gateway+server+redis agree'])
  })

  it('fill the odd one alone, and mark what differs in both', () => {
    const drifted = field([notHeld, value('#412'), value('#407')], { state: 'drifted' })
    expect(looks(drifted)).toEqual(['gateway not-held', 'server plain', 'redis odd'])
    expect(marks(drifted)).toEqual(['not-held', '#4[12]', '#4[07]'])
  })

  it('join the two that agree beside the odd one', () => {
    const drifted = field([value('Mudlet 4.20.1'), value('Mudlet 4.20.1'), value('Mudlet 4.17.2')], {
      owner: 'gateway',
      state: 'drifted',
    })
    expect(looks(drifted)).toEqual(['gateway+server agree', 'redis odd'])
    expect(marks(drifted)).toEqual(['Mudlet 4.[20.1]', 'Mudlet 4.[17.2]'])
  })

  it('say absent where it was read and is not there, and that differs', () => {
    const drifted = field([notHeld, value('x'), absent], { state: 'drifted' })
    expect(looks(drifted)[2]).toBe('redis odd')
    expect(marks(drifted)).toEqual(['not-held', 'x', 'absent'])
  })

  it('wait where a write is on its way, and never are odd then', () => {
    const pending = { entry: 'e@server', since: AT, attempts: 2, nextAt: null, error: null }
    const settling = field([notHeld, value(2), value(1)], { state: 'settling', pending })
    const cells = cellsOf(settling, options)
    expect(cells.map(({ look }) => look)).toEqual(['not-held', 'plain', 'waits'])
    expect(cells[2]?.pending).toBe(pending)
  })

  it('call nothing odd where the owner was not read', () => {
    const lost = field([unknown, value(1), value(2)], { owner: 'gateway', state: 'unknown' })
    expect(looks(lost)).toEqual(['gateway unknown', 'server plain', 'redis plain'])
  })

  it('leave an unread copy unread beside two that agree', () => {
    const lost = field([unknown, value(1), value(1)], { owner: 'gateway', state: 'unknown' })
    expect(looks(lost)).toEqual(['gateway unknown', 'server+redis agree'])
  })

  it('show a part of what is too long for a table, and how much it is', () => {
    const long = field([notHeld, value('x'.repeat(300_000)), value('x'.repeat(300_000))])
    const [, cell] = cellsOf(long, options)
    expect(cell?.content).toMatchObject({ kind: 'value', size: '293 KB' })
    expect(rowSentence(long, options).length).toBeLessThan(1_000)
  })

  it('are one sentence for whoever does not see them', () => {
    expect(rowSentence(field([notHeld, value('#412'), absent]), options)).toBe(
      'room, owner server; gateway not held; server #412; Redis absent',
    )
  })
})
