import type { Limits } from './limits.ts'

export interface Unanswered {
  /** A line was sent. */
  sent(inputSequence: number, now: number): void
  /** The line was answered, and so were all before it. How long it took, ms; null where that is not known. */
  answered(inputSequence: number, now: number): number | null
  /** Whether to say that the answer is late: once, and again only for a line that was sent after everything was answered. */
  isLate(now: number): boolean
  clear(): void
}

/**
 * The lines that the server has not answered. It answers them in order, so that an answer settles all lines before it:
 * one whose answer was lost (a record that could not be applied) is not called late for ever. Times in monotonic ms.
 */
export function createUnanswered({
  noticeAfterMs,
  unansweredMax,
}: Pick<Limits, 'noticeAfterMs' | 'unansweredMax'>): Unanswered {
  const sentAt = new Map<number, number>()
  let isTold = false
  return {
    sent(inputSequence, now) {
      if (sentAt.size < unansweredMax) sentAt.set(inputSequence, now)
    },
    answered(inputSequence, now) {
      const at = sentAt.get(inputSequence)
      for (const earlier of sentAt.keys()) {
        if (earlier > inputSequence) break
        sentAt.delete(earlier)
      }
      if (sentAt.size === 0) isTold = false
      return at === undefined ? null : now - at
    },
    isLate(now) {
      const [oldest] = sentAt.values()
      if (isTold || oldest === undefined || now - oldest < noticeAfterMs) return false
      isTold = true
      return true
    },
    clear: () => sentAt.clear(),
  }
}
