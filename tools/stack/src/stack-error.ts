import { OperationalError } from '@holdfast/runtime'

/** What stops a start, as the one line a person reads: what is wrong and what to do. */
export class StackError extends OperationalError {
  override readonly name = 'StackError'

  constructor(message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, { code: options.code ?? 'stack', cause: options.cause })
  }
}
