'use client'

import { failureOf, failureText, requestIdOf } from '#features/api/api-error.ts'
import { useLive } from '#features/live/services.tsx'
import { POLL_MS } from '#features/live/use-answer.ts'
import { timeText } from './format/time.ts'
import { Icon } from './icon.tsx'

export interface QueryProblemProps {
  /** What could not be read: `Sessions`. */
  what: string
  error: Error | null
  /** When what is still shown was so; null where nothing is. */
  shownAsOf?: string | null
  onRetry: () => void
}

/** An answer that did not come: what, why, what is shown instead, when it is tried again. Old data stays. */
export function QueryProblem({ what, error, shownAsOf = null, onRetry }: QueryProblemProps) {
  const canRetry = useLive(({ stream, isPaused }) => !isPaused && !['offline', 'signed-out'].includes(stream.kind))
  const failure = failureOf(error)
  if (!error || (failure?.kind === 'problem' && failure.problem.code === 'signed-out')) return null
  const requestId = failure && requestIdOf(failure)
  return (
    <p className="note px-6 py-2 max-lg:px-4" data-look="bad" role="status">
      <Icon name="close" />
      <span>
        {what}: {failure ? failureText(failure) : 'this page has failed to read the answer'}.{' '}
        {shownAsOf && `Shown as of ${timeText(shownAsOf)}. `}
        {canRetry && `Trying again within ${POLL_MS / 1_000} s. `}
        <button type="button" className="link" onClick={onRetry}>
          Retry now
        </button>
        {requestId && <span className="mono text-text-3"> req {requestId}</span>}
      </span>
    </p>
  )
}

/** Something newer is on its way; what is shown stays. */
export function ProgressLine({ isOn }: { isOn: boolean }) {
  return isOn ? <div className="progress" role="progressbar" aria-label="Reading" /> : null
}
