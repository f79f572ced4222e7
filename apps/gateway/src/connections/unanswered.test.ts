import { expect, test } from 'vitest'
import { createUnanswered } from './unanswered.ts'

const unansweredOf = (unansweredMax = 1_000) => createUnanswered({ noticeAfterMs: 2_000, unansweredMax })

test('knows how long an answer took, and settles all lines before it', () => {
  const unanswered = unansweredOf()
  unanswered.sent(1, 0)
  unanswered.sent(2, 100)
  unanswered.sent(3, 200)
  expect(unanswered.answered(2, 150)).toBe(50)
  expect(unanswered.answered(1, 160)).toBeNull()
  expect(unanswered.isLate(2_199)).toBe(false)
  expect(unanswered.isLate(2_200)).toBe(true)
})

test('is late once until everything was answered', () => {
  const unanswered = unansweredOf()
  unanswered.sent(1, 0)
  expect([unanswered.isLate(2_000), unanswered.isLate(9_000)]).toEqual([true, false])
  unanswered.answered(1, 9_000)
  unanswered.sent(2, 9_000)
  expect([unanswered.isLate(9_000), unanswered.isLate(11_000)]).toEqual([false, true])
})

test('keeps no more lines than its bound, however long no server answers', () => {
  const unanswered = unansweredOf(3)
  for (let number = 1; number <= 10; number++) unanswered.sent(number, number)
  expect(unanswered.answered(7, 100)).toBeNull()
  expect(unanswered.isLate(1_000_000)).toBe(false)
  unanswered.sent(11, 200)
  expect(unanswered.answered(11, 250)).toBe(50)
})
