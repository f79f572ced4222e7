'use client'

import { type ReactNode, useEffect, useRef } from 'react'

/** The page's `h1`. Takes focus when the page was navigated to, so that a screen reader and the keyboard begin there. */
export function PageTitle({ children }: { children: ReactNode }) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // A fresh load leaves focus to the browser; after a navigation it would be left on what is gone.
    if (document.activeElement === document.body && performance.now() > FRESH_LOAD_MS) ref.current?.focus()
  }, [])
  return (
    <h1 ref={ref} tabIndex={-1} className="text-xl font-semibold tracking-tight">
      {children}
    </h1>
  )
}

const FRESH_LOAD_MS = 3_000
