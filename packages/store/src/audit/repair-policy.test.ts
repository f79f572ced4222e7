import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { sidOf } from '../testing/fixtures.ts'
import { createRepairLedger, REPAIR_AGAIN_MS, REPAIRS_MAX, REPAIRS_WITHIN_MS } from './repair-policy.ts'

const a = sidOf(1)

test('repairs what can only be a loss, and shows what somebody may have meant', () => {
  const { policyFor } = createRepairLedger(manualClock())
  expect((['missing', 'ghost', 'rolled-back'] as const).map((cause) => policyFor(a, cause))).toEqual(
    Array(3).fill('repair'),
  )
  expect((['content', 'foreign-write', 'status-skew'] as const).map((cause) => policyFor(a, cause))).toEqual(
    Array(3).fill('show'),
  )
})

test('calls a session that was repaired three times in five minutes fighting, until the first is that long ago', async () => {
  const clock = manualClock()
  const ledger = createRepairLedger(clock)
  for (let repair = 0; repair < REPAIRS_MAX; repair++) {
    expect(ledger.policyFor(a, 'missing')).toBe('repair')
    ledger.note(a)
    await clock.advance(REPAIR_AGAIN_MS)
  }
  expect(ledger.policyFor(a, 'missing')).toBe('fighting')
  expect(ledger.policyFor(a, 'content')).toBe('show')
  expect(ledger.policyFor(sidOf(2), 'missing')).toBe('repair')
  await clock.advance(REPAIRS_WITHIN_MS - REPAIRS_MAX * REPAIR_AGAIN_MS)
  expect(ledger.policyFor(a, 'missing')).toBe('repair')
})

test('gives a repair its time before another', async () => {
  const clock = manualClock()
  const ledger = createRepairLedger(clock)
  expect(ledger.isDue(a)).toBe(true)
  ledger.note(a)
  await clock.advance(REPAIR_AGAIN_MS - 1)
  expect(ledger.isDue(a)).toBe(false)
  await clock.advance(1)
  expect(ledger.isDue(a)).toBe(true)
})
