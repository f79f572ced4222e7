'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useSheet } from '#features/shell/frame-sheet.tsx'
import { Button } from './button.tsx'

export interface SheetProps {
  title: ReactNode
  /** What the head has beside its title. */
  actions?: ReactNode
  foot?: ReactNode
  onClose: () => void
  children: ReactNode
}

/** Stands beside what it is about. Takes focus when it opens, and gives it back. */
export function Sheet({ title, actions, foot, onClose, children }: SheetProps) {
  useSheet()
  const ref = useRef<HTMLElement>(null)
  const titleId = useId()
  useEffect(() => {
    const from = document.activeElement
    ref.current?.focus({ preventScroll: true })
    return () => {
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true })
    }
  }, [])
  return (
    <aside ref={ref} className="sheet" aria-labelledby={titleId} tabIndex={-1}>
      <div className="sheet-head">
        <h2 id={titleId}>{title}</h2>
        {actions}
        <Button look="bare" icon="close" aria-label="Close" onClick={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys have to reach it */}
      <div className="sheet-body" tabIndex={0}>
        {children}
      </div>
      {foot && <div className="sheet-foot">{foot}</div>}
    </aside>
  )
}
