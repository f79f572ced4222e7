import { createSid, type Sid } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { NO_SLOTS, type RowSlots, slotsFor } from './row-slots.ts'

const sid = (number: number): Sid => createSid(`01ARZ3NDEKTSV4RRFFQ${String(number).padStart(7, '0')}`)
const sids = (...numbers: number[]): Sid[] => numbers.map(sid)
const rows = (slots: RowSlots): number[] => [...slots.of.values()]

test('a session that is still shown keeps its row, whatever its place', () => {
  const before = slotsFor(NO_SLOTS, 'q', sids(1, 2, 3))
  expect(rows(slotsFor(before, 'q', sids(3, 1, 2)))).toEqual([2, 0, 1])
})

test('other sessions take over the rows that are there, in their order', () => {
  const before = slotsFor(NO_SLOTS, 'q', sids(1, 2, 3))
  expect(rows(slotsFor(before, 'q', sids(7, 8, 9)))).toEqual([0, 1, 2])
  expect(rows(slotsFor(before, 'q', sids(7, 2, 9)))).toEqual([0, 1, 2])
})

test('the answer to another question moves no row, though it has some of the same sessions', () => {
  const before = slotsFor(slotsFor(NO_SLOTS, 'q', sids(1, 2, 3)), 'q', sids(3, 1, 2))
  expect(rows(before)).toEqual([2, 0, 1])
  expect(rows(slotsFor(before, 'other', sids(1, 9, 3)))).toEqual([2, 0, 1])
})

test('more sessions than rows get new rows, and no two share one', () => {
  const before = slotsFor(slotsFor(NO_SLOTS, 'q', sids(1, 2, 3)), 'q', sids(3))
  const after = rows(slotsFor(before, 'q', sids(4, 5, 3, 6)))
  expect(new Set(after).size).toBe(4)
  expect(after[2]).toBe(2)
})
