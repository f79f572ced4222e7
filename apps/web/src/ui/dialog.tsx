'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'

export interface DialogProps {
  title: string
  /** Not shown, only said. */
  isTitleHidden?: boolean
  className?: string
  onClose: () => void
  children: ReactNode
}

/** A modal dialog: the page behind is inert, Escape and a press beside it close it, and focus returns to where it came from. */
export function Dialog({ title, isTitleHidden = false, className = 'dialog', onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    const from = document.activeElement
    dialog.showModal()
    const onPress = (event: MouseEvent): void => {
      if (event.target === dialog) close.current()
    }
    dialog.addEventListener('mousedown', onPress)
    return () => {
      dialog.removeEventListener('mousedown', onPress)
      dialog.close()
      if (from instanceof HTMLElement && from.isConnected) from.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      className={className}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2 id={titleId} className={isTitleHidden ? 'sr-only' : 'mb-3'}>
        {title}
      </h2>
      {children}
    </dialog>
  )
}
