import { errorText, failureOf } from '#features/api/api-error.ts'
import { visibleText } from '#ui/format/visible-text.ts'

/** The filter or the order means nothing; the console says what of it. */
export function isMisunderstood(error: Error): boolean {
  const failure = failureOf(error)
  return failure?.kind === 'problem' && failure.problem.code === 'malformed'
}

/** Why there is no list, in a sentence: an answer that refuses is one, and says why. */
export function whyNoList(error: Error): string {
  const failure = failureOf(error)
  return failure?.kind === 'problem' ? `${visibleText(errorText(error))}.` : 'No answer from the console yet.'
}
