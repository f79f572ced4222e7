import { expect, test } from 'vitest'
import type { AuditRecord } from '../contracts/index.ts'
import { one, REQUEST, two } from '../testing/commands-rig.ts'
import { AT } from '../testing/fixtures.ts'
import { BY } from '../testing/orders.ts'
import { createAuditFold, ITEMS_KEPT } from './audit-fold.ts'

const head = (id: string) => ({ v: 1 as const, id, at: AT, from: 'console-1' })
const requested = (id: string, from = 'console-1'): AuditRecord => ({
  ...head(id),
  from,
  kind: 'requested',
  by: BY,
  request: { ...REQUEST, id },
  sids: [one, two],
})
const result = (commandId: string, outcome: 'done' | 'gone', sid = one): AuditRecord => ({
  ...head(`${commandId}:${sid}`),
  kind: 'result',
  commandId,
  sid,
  outcome,
})
const signIn = (id: string): AuditRecord => ({ ...head(id), kind: 'sign-in', who: null, outcome: 'refused' })

test('lets the first of several records with one id count, whatever the later ones say', () => {
  const fold = createAuditFold()
  expect(fold.apply(requested('c-1', 'console-1'), 0, 10)).toBe(true)
  expect(fold.apply(requested('c-1', 'console-2'), 1, 11)).toBe(false)
  expect(fold.apply(result('c-1', 'done'), 2, 12)).toBe(true)
  expect(fold.apply(result('c-1', 'gone'), 3, 13)).toBe(false)
  expect(fold.command('c-1')).toMatchObject({ offset: 0, heardAt: 12, requested: { from: 'console-1' } })
  expect([...(fold.command('c-1')?.results.values() ?? [])].map(({ outcome }) => outcome)).toEqual(['done'])
})

test('gives pages of what was audited, newest first, each once', () => {
  const fold = createAuditFold()
  for (let i = 0; i < 10; i++) fold.apply(i % 2 ? signIn(`s-${i}`) : requested(`c-${i}`), i * 3, 0)
  const first = fold.newest(null, 4).map(({ offset }) => offset)
  const second = fold.newest(first.at(-1) ?? null, 4).map(({ offset }) => offset)
  const third = fold.newest(second.at(-1) ?? null, 4).map(({ offset }) => offset)
  expect([first, second, third]).toEqual([
    [27, 24, 21, 18],
    [15, 12, 9, 6],
    [3, 0],
  ])
  expect(fold.newest(0, 4)).toEqual([])
})

test('is bounded, and still knows the ids of commands that it has forgotten', () => {
  const fold = createAuditFold()
  fold.apply(requested('c-old'), 0, 0)
  for (let i = 0; i < ITEMS_KEPT; i++) fold.apply(signIn(`s-${i}`), i + 1, 0)
  expect(fold.command('c-old')).toBeUndefined()
  expect(fold.isKnown('c-old')).toBe(true)
  expect(fold.isKnown('c-new')).toBe(false)
  expect(fold.apply(requested('c-old'), 90_000, 0)).toBe(false)
  expect(fold.apply(result('c-old', 'done'), 90_001, 0)).toBe(false)
  expect(fold.newest(null, ITEMS_KEPT + 5)).toHaveLength(ITEMS_KEPT)
})
