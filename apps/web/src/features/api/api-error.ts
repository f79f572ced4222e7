import type { Problem } from '@holdfast/store/contracts'

/** Why a question to the console's API brought no answer. */
export type ApiFailure =
  /** It answered that it will not, and why. */
  | { kind: 'problem'; problem: Problem }
  /** Nothing answered: the console's process or the way to it is down. */
  | { kind: 'unreachable' }
  | { kind: 'timed-out'; afterMs: number }
  /** It answered in a way that this page does not understand: most likely it is of another build. */
  | { kind: 'unreadable'; detail: string; requestId: string | null }

/** What a query or a mutation rejects with. */
export class ApiError extends Error {
  readonly failure: ApiFailure

  constructor(failure: ApiFailure) {
    super(failureText(failure))
    this.name = 'ApiError'
    this.failure = failure
  }
}

/** The failure in one sentence, without its source: `the console did not answer in 5 s`. */
export function failureText(failure: ApiFailure): string {
  switch (failure.kind) {
    case 'problem':
      return failure.problem.detail ?? failure.problem.title
    case 'unreachable':
      return 'the console cannot be reached'
    case 'timed-out':
      return `the console did not answer in ${Math.round(failure.afterMs / 1_000)} s`
    case 'unreadable':
      return 'the console answered in a way this page does not understand; it may be of another build'
  }
}

/** Null for what is no failure of the API: a defect of the page. */
export const failureOf = (error: unknown): ApiFailure | null => (error instanceof ApiError ? error.failure : null)

/** Anything that asking has rejected with, in one sentence without its stop. */
export function errorText(error: unknown): string {
  const failure = failureOf(error)
  return failure ? failureText(failure).replace(/\.$/, '') : 'this page has failed to read the answer'
}

export function requestIdOf(failure: ApiFailure): string | null {
  if (failure.kind === 'problem') return failure.problem.requestId
  return failure.kind === 'unreadable' ? failure.requestId : null
}

export const isSignedOut = (error: unknown): boolean => {
  const failure = failureOf(error)
  return failure?.kind === 'problem' && failure.problem.code === 'signed-out'
}
