import { expect, test } from 'vitest'
import { openAdvisories } from './audit.ts'

const report = {
  vulnerabilities: {
    left: { via: [{ url: 'https://github.com/advisories/GHSA-1', title: 'Bad parse', severity: 'high' }] },
    right: { via: ['left'] },
  },
}

test('names each advisory once, at the package that has it', () => {
  expect(openAdvisories(report, [], '2026-01-01')).toEqual([
    'left: Bad parse (high, https://github.com/advisories/GHSA-1)',
  ])
})

test('accepts a written exception until its date, and no longer', () => {
  const exceptions = [{ id: 'GHSA-1', why: 'not reached', until: '2026-06-30' }]
  expect(openAdvisories(report, exceptions, '2026-06-30')).toEqual([])
  expect(openAdvisories(report, exceptions, '2026-07-01')).toHaveLength(1)
})
