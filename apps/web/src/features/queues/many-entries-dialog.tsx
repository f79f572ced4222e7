'use client'

import type { QueueEntry } from '@holdfast/store/contracts'
import { useState } from 'react'
import { Note, ReasonField } from '#features/commands/command-fields.tsx'
import { ManyDialog } from '#features/commands/many-dialog.tsx'
import { useGiving } from '#features/commands/use-giving.ts'
import { counted, countText } from '#ui/format/number.ts'

export interface ManyEntries {
  type: 'retry' | 'drop'
  entries: readonly QueueEntry[]
  /** Which ones: `with this error`. */
  of: string
}

/** Retry or drop many entries: which, of whom, and what that means. */
export function ManyEntriesDialog({ many, onClose }: { many: ManyEntries; onClose: () => void }) {
  const { type, entries, of } = many
  const [reason, setReason] = useState('')
  const [commandId, setCommandId] = useState<string | null>(null)
  const giving = useGiving((command) => setCommandId(command.id))
  const sids = [...new Set(entries.map(({ sid }) => sid))]
  const isDrop = type === 'drop'
  const fields = entries.reduce((sum, entry) => sum + entry.fields.length, 0)
  const what = counted(entries.length, 'entry', 'entries')
  const confirm = (): void => {
    const why = reason.trim() === '' ? {} : { reason: reason.trim() }
    giving.give({ type, target: { sids }, ...why }, what)
  }
  return (
    <ManyDialog
      title={`${isDrop ? 'Drop' : 'Retry'} ${what}`}
      scope={`${what} ${of}, of ${counted(sids.length, 'session')}`}
      word={isDrop ? String(entries.length) : null}
      verb={`${isDrop ? 'Drop' : 'Retry'} ${countText(entries.length)}`}
      isDanger={isDrop}
      off={isDrop && reason.trim() === '' ? 'Say why' : null}
      giving={giving}
      commandId={commandId}
      onConfirm={confirm}
      onClose={onClose}
    >
      {isDrop ? (
        <Note icon="warning">
          Redis will not get these {counted(fields, 'field')}. Memory keeps them and the audit has their values; the
          sessions show as drifted until something writes them again.
        </Note>
      ) : (
        <Note icon="info">
          Each process tries its entries at once instead of at their next time. Nothing is changed by a retry that
          fails.
        </Note>
      )}
      <ReasonField value={reason} onChange={setReason} />
    </ManyDialog>
  )
}
