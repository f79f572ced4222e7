'use client'

import Link from 'next/link'
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { useCommand } from './command-desk.tsx'
import { Refusal, TypedConfirmation } from './command-fields.tsx'
import { CommandReport } from './command-report.tsx'
import { type Countdown, ticked } from './countdown.ts'
import type { Giving } from './use-giving.ts'

export interface ManyDialogProps {
  title: string
  /** Who it is for, in words. */
  scope: string
  /** What is typed to confirm; null for what can be taken back. */
  word: string | null
  /** What the button says: verb and number. */
  verb: string
  isDanger?: boolean
  /** Why it cannot be given yet. */
  off: string | null
  giving: Giving
  /** Set when the console has taken it. */
  commandId: string | null
  onConfirm: () => void
  onClose: () => void
  children?: ReactNode
}

const DELAY_S = 5

/**
 * For many: what will happen in words, the reason, the typed count; then five seconds in which it can be stopped. What was
 * confirmed is what is done: nothing can be edited meanwhile, and where it could not be confirmed any more it stops and asks again.
 */
export function ManyDialog(props: ManyDialogProps) {
  const { title, scope, word, verb, isDanger = false, off, giving, commandId, onConfirm, onClose, children } = props
  const [typed, setTyped] = useState('')
  const { data } = useCommand(commandId)
  const problem = off ?? (word !== null && typed.trim() !== word ? `Type ${word}` : null)
  const { left, begin, stop } = useCountdown(problem)
  const stopButton = useRef<HTMLSpanElement>(null)
  const isCounting = left !== null
  useEffect(() => {
    // The field that had focus takes none now; the way to stop does.
    if (isCounting) stopButton.current?.querySelector('button')?.focus()
  }, [isCounting])
  const confirm = (event: FormEvent | KeyboardEvent): void => {
    event.preventDefault()
    if (problem !== null || isCounting || giving.isGiving) return
    if (word === null) onConfirm()
    else begin(onConfirm)
  }
  if (commandId !== null && data)
    return (
      <Dialog title={title} onClose={onClose}>
        <div className="dialog-body">
          <CommandReport command={data} />
          <p className="flex items-center gap-2">
            <span className="text-text-3 text-xs">
              It goes on when this is closed.{' '}
              <Link className="link" href={`/commands/${encodeURIComponent(commandId)}`}>
                Its report
              </Link>
            </span>
            <span className="flex-1" />
            <Button onClick={onClose}>Close</Button>
          </p>
        </div>
      </Dialog>
    )
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={confirm}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) confirm(event)
        }}
      >
        <p className="text-text-2">{scope}.</p>
        <fieldset className="contents" disabled={isCounting || giving.isGiving}>
          {children}
          {word !== null && <TypedConfirmation value={typed} onChange={setTyped} word={word} />}
        </fieldset>
        <Refusal giving={giving} />
        <div className="flex flex-wrap items-center justify-end gap-2">
          <span className="me-auto text-text-3 text-xs" role="status">
            {isCounting ? `Starts in ${left} s.` : (problem ?? (word === null ? '' : 'Starts 5 s after you confirm.'))}
          </span>
          <span ref={stopButton} className="contents">
            <Button onClick={isCounting ? stop : onClose}>{isCounting ? 'Stop' : 'Cancel'}</Button>
          </span>
          <Button
            type="submit"
            look={isDanger ? 'fill' : 'primary'}
            off={problem ?? (isCounting || giving.isGiving ? 'On its way' : null)}
          >
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** `problem`: why it could not be confirmed now. It stops the counting. */
function useCountdown(problem: string | null) {
  const [counting, setCounting] = useState<Countdown | null>(null)
  useEffect(() => {
    if (problem !== null) setCounting(null)
  }, [problem])
  useEffect(() => {
    if (counting === null) return
    const timer = setTimeout(() => {
      const { next, due } = ticked(counting)
      setCounting(next)
      due?.()
    }, 1_000)
    return () => clearTimeout(timer)
  }, [counting])
  return {
    left: counting?.left ?? null,
    begin: (act: () => void) => setCounting({ left: DELAY_S, act }),
    stop: () => setCounting(null),
  }
}
