import type { Problem } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { ApiError } from '#features/api/api-error.ts'
import { isMisunderstood, whyNoList } from './no-list.ts'

const problem: Problem = { type: 't', title: 'Malformed request', status: 400, code: 'malformed', requestId: 'r' }

test('a filter or an order that was refused is told by what is wrong with it', () => {
  const refused = new ApiError({
    kind: 'problem',
    problem: { ...problem, detail: 'sort, at "colour": no such column' },
  })
  expect(whyNoList(refused)).toBe('sort, at "colour": no such column.')
  expect(isMisunderstood(refused)).toBe(true)
})

test('what is refused for another reason is told by that, and is nothing to clear', () => {
  const starting = new ApiError({
    kind: 'problem',
    problem: { ...problem, status: 503, code: 'unavailable', detail: 'The console is starting.' },
  })
  expect([whyNoList(starting), isMisunderstood(starting)]).toEqual(['The console is starting.', false])
})

test('where nothing answered, that is said', () => {
  for (const error of [new ApiError({ kind: 'unreachable' }), new ApiError({ kind: 'timed-out', afterMs: 5_000 })]) {
    expect([whyNoList(error), isMisunderstood(error)]).toEqual(['No answer from the console yet.', false])
  }
})
