'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useSheet } from '#features/shell/frame-sheet.tsx'
import { Button } from './button.tsx'
import { useMedia } from './use-media.ts'

export interface SheetProps {
  title: ReactNode
  /** What the head has beside its title. */
  actions?: ReactNode
  foot?: ReactNode
  onClose: () => void
  children: ReactNode
}

/** As sheet.css has it: there it lies over the page, and what is under it is nowhere to be seen. */
const OVER_THE_PAGE = '(max-width: 1279px)'
/** What is said while the sheet is open is said all the same. */
const HEARD = '[role="alert"], [role="status"], .toasts, script, style'

/** Stands beside what it is about, or over it: then no key reaches what it covers. Takes focus when it opens, and gives it back. */
export function Sheet({ title, actions, foot, onClose, children }: SheetProps) {
  useSheet()
  const ref = useRef<HTMLElement>(null)
  const titleId = useId()
  const isOver = useMedia(OVER_THE_PAGE)
  useEffect(() => (isOver && ref.current ? coverUp(ref.current) : undefined), [isOver])
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

/** Makes all of the page but `sheet` inert. Returns what gives it back. */
function coverUp(sheet: HTMLElement): () => void {
  const covered: Element[] = []
  for (let at: Element = sheet; at.parentElement && at !== document.body; at = at.parentElement)
    for (const other of at.parentElement.children)
      if (other !== at && !other.matches(HEARD) && !other.hasAttribute('inert')) covered.push(other)
  for (const element of covered) element.setAttribute('inert', '')
  return () => {
    for (const element of covered) element.removeAttribute('inert')
  }
}
