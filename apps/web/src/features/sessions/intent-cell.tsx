'use client'

import type { SessionRow } from '@holdfast/store/contracts'
import { doingText, type Intent } from '#features/commands/intents.ts'
import { nameOfRow } from '#features/commands/scope.ts'
import { refusalText, useGiving } from '#features/commands/use-giving.ts'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { useToast } from '#features/toasts/toasts.tsx'
import { processName } from '#ui/format/process-name.ts'
import { Icon } from '#ui/icon.tsx'
import { stateText } from '#ui/states.ts'

/** A session's state while something is being done to it. The state stays the one that was read: as a shape, to make room. */
export function IntentCell({ row, intent }: { row: SessionRow; intent: Intent }) {
  if (intent.kind === 'late') return <LateSentence row={row} silent={intent.silent} />
  const state = stateText(row.state, row.missingIn)
  return (
    <>
      <span className="state" data-state={row.state} data-shape title={state}>
        <Icon name={row.state} />
        <span className="sr-only">{state}</span>
      </span>
      <span className="intent">{doingText(intent)}</span>
    </>
  )
}

/** What is said when nobody has answered: what is not known, and what to do about it. */
function LateSentence({ row, silent }: { row: SessionRow; silent: 'gateway' | 'server' }) {
  const toast = useToast()
  const off = useCommandsOff()
  const { give } = useGiving(
    () => undefined,
    (failure) => toast({ look: 'bad', text: refusalText(failure) }),
  )
  const id = row[silent]
  const name = id === null || id === '' ? `the ${silent}` : processName(id)
  const recheck = (): void => {
    if (off === null) give({ type: 'recheck', target: { sids: [row.sid] } }, nameOfRow(row))
  }
  return (
    <span className="late">
      <span>
        No answer <span className="late-from">from {name} </span>in 10 s.
      </span>{' '}
      <span>
        State unknown.{' '}
        <button
          type="button"
          className="link"
          aria-disabled={off !== null || undefined}
          title={off ?? undefined}
          onClick={recheck}
        >
          Re-check
        </button>
      </span>
    </span>
  )
}
