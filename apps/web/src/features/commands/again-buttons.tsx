'use client'

import type { Command } from '@holdfast/store/contracts'
import { useState } from 'react'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { counted, countText } from '#ui/format/number.ts'
import { BootManyDialog, MessageManyDialog } from './bulk-dialogs.tsx'
import { undoneOf } from './progress-words.ts'
import { ReconcileManyDialog } from './reconcile-many-dialog.tsx'
import type { Scope } from './scope.ts'

const DIALOGS = { reconcile: ReconcileManyDialog, disconnect: BootManyDialog, message: MessageManyDialog } as const

/** The same people as before: they are those whom the command was for when it was taken. */
const scopeOf = ({ targets = [] }: Command, results: Command['results'], which: string): Scope => ({
  target: { sids: results.map(({ sid }) => sid) },
  what: counted(results.length, 'session'),
  sentence: `${counted(results.length, 'session')} ${which}`,
  count: results.length,
  seen: targets.filter(({ sid }) => results.some((result) => result.sid === sid)),
})

/** What a command left undone, given again as a command of its own: the audit has both. Nothing where all is done. */
export function AgainButtons({ command }: { command: Command }) {
  const [scope, setScope] = useState<Scope | null>(null)
  const off = useCommandsOff()
  const { failed, left } = undoneOf(command)
  const { type } = command
  if (type === 'retry' || type === 'drop' || type === 'recheck') return null
  const Dialog = DIALOGS[type]
  return (
    <>
      {(failed.length > 0 || left.length > 0) && (
        <p className="flex flex-wrap items-center gap-2">
          {failed.length > 0 && (
            <Button
              off={off}
              onClick={() => setScope(scopeOf(command, failed, 'that refused it or gave no answer'))}
            >{`Retry ${countText(failed.length)} failed`}</Button>
          )}
          {left.length > 0 && (
            <Button
              off={off}
              onClick={() => setScope(scopeOf(command, left, 'that were left out'))}
            >{`Go on with ${countText(left.length)} left out`}</Button>
          )}
          {off !== null && <span className="text-text-3 text-xs">{off}</span>}
        </p>
      )}
      {scope && <Dialog scope={scope} onClose={() => setScope(null)} />}
    </>
  )
}
