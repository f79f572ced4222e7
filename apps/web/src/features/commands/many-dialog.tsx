'use client'

import Link from 'next/link'
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { useCommand } from './command-desk.tsx'
import { Refusal, TypedConfirmation } from './command-fields.tsx'
import { CommandReport } from './command-report.tsx'
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

/** For many: what will happen in words, the reason, the typed count; then five seconds in which it can be stopped. */
export function ManyDialog(props: ManyDialogProps) {
  const { title, scope, word, verb, isDanger = false, off, giving, commandId, onConfirm, onClose, children } = props
  const [typed, setTyped] = useState('')
  const [left, setLeft] = useState<number | null>(null)
  const { data } = useCommand(commandId)
  const problem = off ?? (word !== null && typed.trim() !== word ? `Type ${word}` : null)
  useCountdown(left, setLeft, onConfirm)
  const confirm = (event: FormEvent | KeyboardEvent): void => {
    event.preventDefault()
    if (problem !== null || left !== null || giving.isGiving) return
    if (word === null) onConfirm()
    else setLeft(DELAY_S)
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
        {children}
        {word !== null && <TypedConfirmation value={typed} onChange={setTyped} word={word} />}
        <Refusal giving={giving} />
        <div className="flex flex-wrap items-center justify-end gap-2">
          <span className="me-auto text-text-3 text-xs" role="status">
            {left !== null
              ? `Starts in ${left} s.`
              : (problem ?? (word === null ? '' : 'Starts 5 s after you confirm.'))}
          </span>
          <Button onClick={left === null ? onClose : () => setLeft(null)}>{left === null ? 'Cancel' : 'Stop'}</Button>
          <Button
            type="submit"
            look={isDanger ? 'fill' : 'primary'}
            off={problem ?? (left !== null || giving.isGiving ? 'On its way' : null)}
          >
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function useCountdown(left: number | null, setLeft: (left: number | null) => void, onEnd: () => void): void {
  const end = useRef(onEnd)
  useEffect(() => {
    end.current = onEnd
  })
  useEffect(() => {
    if (left === null) return
    const timer = setTimeout(() => {
      setLeft(left > 1 ? left - 1 : null)
      if (left <= 1) end.current()
    }, 1_000)
    return () => clearTimeout(timer)
  }, [left, setLeft])
}
