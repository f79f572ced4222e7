'use client'

import Link from 'next/link'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { Button } from '#ui/button.tsx'
import { Icon } from '#ui/icon.tsx'

/** The outcome of something that this wizard has done; never what happens by itself. */
export interface Toast {
  look: 'good' | 'bad' | 'plain'
  text: string
  link?: { href: string; label: string }
  /** What was said of the same before is put away. */
  about?: string
}

type Shown = Toast & { id: number }

const ToastContext = createContext<((toast: Toast) => void) | null>(null)

/** Long enough to be read twice; what went wrong stays until it is put away. */
const SHOWN_MS = 8_000
const AT_ONCE_MAX = 4

const isOfSame = (one: Toast, other: Toast): boolean => one.about !== undefined && one.about === other.about

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Shown[]>([])
  const last = useRef(0)
  const [show] = useState(() => (toast: Toast) => {
    const id = ++last.current
    setToasts((before) => [...before.filter((each) => !isOfSame(each, toast)), { ...toast, id }].slice(-AT_ONCE_MAX))
  })
  const putAway = (id: number): void => setToasts((before) => before.filter((toast) => toast.id !== id))
  return (
    <ToastContext value={show}>
      {children}
      <section className="toasts" aria-label="Outcomes" aria-live="polite">
        {toasts.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onClose={() => putAway(toast.id)} />
        ))}
      </section>
    </ToastContext>
  )
}

function ToastLine({ toast: { look, text, link }, onClose }: { toast: Shown; onClose: () => void }) {
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    if (look === 'bad') return
    const timer = setTimeout(() => close.current(), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [look])
  return (
    <div className="toast" data-look={look}>
      <Icon name={look === 'good' ? 'in-sync' : look === 'bad' ? 'close' : 'info'} />
      <span className="min-w-0 flex-1">{text}</span>
      {link && (
        <Link className="link" href={link.href}>
          {link.label}
        </Link>
      )}
      <Button look="bare" size="s" icon="close" aria-label="Put away" onClick={onClose} />
    </div>
  )
}

export function useToast(): (toast: Toast) => void {
  const show = useContext(ToastContext)
  if (!show) throw new Error('a page of the console is rendered outside of its toasts')
  return show
}
