import type { Clock } from './clock.ts'

export type OperationalErrorOptions = { code: string; retryable?: boolean; cause?: unknown }

/**
 * Something outside this process failed (a service, the network, a file). `code` is stable and is what callers and
 * tests compare; `retryable` says whether the same call can succeed later without anybody changing anything.
 * Expected outcomes are unions, not errors; a broken invariant is an assert, not this.
 */
export class OperationalError extends Error {
  override readonly name: string = 'OperationalError'
  readonly code: string
  readonly retryable: boolean

  constructor(message: string, options: OperationalErrorOptions) {
    super(message, { cause: options.cause })
    this.code = options.code
    this.retryable = options.retryable ?? false
  }
}

/** The code of the error that `withDeadline` rejects with. */
export const DEADLINE_EXCEEDED = 'deadline-exceeded'

/**
 * The outcome of `promise`, or a retryable `OperationalError` with code `deadline-exceeded` naming `what` after `ms`.
 * The work itself is not cancelled (a promise cannot be); its late rejection is not reported as unhandled.
 */
export function withDeadline<T>(promise: Promise<T>, ms: number, what: string, clock: Clock): Promise<T> {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<T>()
  const timer = clock.setTimeout(() => {
    reject(new OperationalError(`${what} took longer than ${ms} ms`, { code: DEADLINE_EXCEEDED, retryable: true }))
  }, ms)
  promise.then(resolve, reject).finally(() => timer.cancel())
  return outcome
}

/** `fn` that runs at most once: later calls get the first call's result, a rejected promise included. */
export function once<T>(fn: () => T): () => T {
  let outcome: { value: T } | undefined
  return () => {
    outcome ??= { value: fn() }
    return outcome.value
  }
}

/**
 * Where something failed, for logs: the error's name and its frames, without the message, which may hold what a player
 * typed (a database driver puts parameters there).
 */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return [error.name, ...frames].join('\n')
}

/** What to tell a person about anything that was thrown: one line, no stack. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
