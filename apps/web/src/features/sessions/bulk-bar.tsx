'use client'

import type { SessionRow, Sid } from '@holdfast/store/contracts'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { BootManyDialog, MessageManyDialog } from '#features/commands/bulk-dialogs.tsx'
import { OneCommandButton } from '#features/commands/one-popover.tsx'
import { ReconcileManyDialog } from '#features/commands/reconcile-many-dialog.tsx'
import { type Scope, scopeOfSelection } from '#features/commands/scope.ts'
import { refusalText, useGiving } from '#features/commands/use-giving.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useLive } from '#features/live/services.tsx'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { useToast } from '#features/toasts/toasts.tsx'
import { Button } from '#ui/button.tsx'
import { countText } from '#ui/format/number.ts'
import { hiddenText, type InFilter } from './in-filter.ts'
import { countOf, goneOf, type Selection } from './selection.ts'

export interface BulkBarProps {
  /** What of the selection the filter shows: commands are for these. */
  within: InFilter
  isGone: (sid: Sid) => boolean
  total: number
  onSelectAll: () => void
  onClear: () => void
  onExport: () => void
}

/** Whom a dialog is for stays as it was when it was opened. */
type Open = { kind: 'boot' | 'message' | 'reconcile'; scope: Scope } | null

/** What can be done to the selected sessions. Docked below the list: it covers no row. */
export function BulkBar(props: BulkBarProps) {
  const { within, isGone, total, onSelectAll, onClear, onExport } = props
  const { selection, hidden } = within
  const [open, setOpen] = useState<Open>(null)
  const off = useCommandsOff() ?? nobodyText(within)
  const isRedisDown = useLive(({ tick }) => tick?.redis.up === false)
  const router = useRouter()
  const scope = scopeOfSelection(selection, isGone, hidden)
  const only = onlyRow(selection)
  const recheck = useRecheck(scope)
  const reconcileOff = off ?? (isRedisDown ? 'Redis is unreachable: reconcile is off.' : null)
  const reconcile = (): void => {
    if (reconcileOff !== null) return
    if (only) router.push(`/sessions/${only.sid}?reconcile=one`)
    else setOpen({ kind: 'reconcile', scope })
  }
  useShortcut('recheck', () => off === null && recheck())
  useShortcut('reconcile', reconcile)
  useShortcut('boot', () => off === null && setOpen({ kind: 'boot', scope }), !only)
  useShortcut('message', () => off === null && setOpen({ kind: 'message', scope }), !only)
  const close = (): void => setOpen(null)
  return (
    <section className="bulk" aria-label="Selected sessions">
      <Count within={within} gone={goneOf(selection, isGone)} sentence={scope.sentence} />
      <span className="rule max-lg:hidden" />
      <span className="contents max-lg:hidden">
        <Button icon="recheck" off={off} onClick={recheck}>
          Re-check
        </Button>
      </span>
      <Button icon="drifted" off={reconcileOff} onClick={reconcile}>
        Reconcile
      </Button>
      {only ? (
        <OneCommandButton type="message" row={only} off={off} />
      ) : (
        <Button icon="message" off={off} onClick={() => setOpen({ kind: 'message', scope })}>
          Message
        </Button>
      )}
      <span className="contents max-lg:hidden">
        <Button icon="export" onClick={onExport}>
          Export
        </Button>
      </span>
      {only ? (
        <OneCommandButton type="disconnect" row={only} off={off} />
      ) : (
        <Button icon="boot" look="danger" off={off} onClick={() => setOpen({ kind: 'boot', scope })}>
          Boot
        </Button>
      )}
      {off !== null && <span className="min-w-0 truncate text-text-3 text-xs">{off}</span>}
      <span className="flex-1 max-lg:hidden" />
      {selection.kind === 'some' && total > countOf(selection) + within.unread && (
        <button type="button" className="link text-xs max-lg:hidden" onClick={onSelectAll}>
          Select all {countText(total)} matching
        </button>
      )}
      <Button look="bare" shortcut="esc" onClick={onClear}>
        Clear
      </Button>
      {open?.kind === 'boot' && <BootManyDialog scope={open.scope} onClose={close} />}
      {open?.kind === 'message' && <MessageManyDialog scope={open.scope} onClose={close} />}
      {open?.kind === 'reconcile' && <ReconcileManyDialog scope={open.scope} onClose={close} />}
    </section>
  )
}

const onlyRow = (selection: Selection): SessionRow | null => {
  if (selection.kind === 'all' || selection.rows.size !== 1) return null
  return [...selection.rows.values()][0] ?? null
}

/** Why nothing that is selected can be acted on; null: it can. */
function nobodyText({ selection, unread }: InFilter): string | null {
  if (unread > 0) return 'Reading which of these the filter shows'
  return countOf(selection) === 0 ? 'The filter hides all that is selected' : null
}

function Count({ within, gone, sentence }: { within: InFilter; gone: number; sentence: string }) {
  const { selection, hidden } = within
  return (
    <p role="status">
      {selection.kind === 'all' ? (
        <span className="font-medium">{sentence}</span>
      ) : (
        <>
          <span className="font-medium">{countText(countOf(selection))} selected</span>{' '}
          {gone > 0 && <span className="text-text-3 text-xs">{countText(gone)} no longer connected</span>}
          {hidden > 0 && <span className="text-text-3 text-xs">({hiddenText(hidden)})</span>}
        </>
      )}
    </p>
  )
}

/** Asks everybody again, at once: nothing is changed. */
function useRecheck({ target, what }: Scope): () => void {
  const toast = useToast()
  const { give } = useGiving(
    () => undefined,
    (failure) => toast({ look: 'bad', text: refusalText(failure) }),
  )
  return () => give({ type: 'recheck', target }, what)
}
