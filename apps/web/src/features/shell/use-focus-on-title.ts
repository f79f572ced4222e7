'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'

/** A page whose title waits for an answer has it by then, or says that there is none. */
const SETTLES_MS = 10_000

/**
 * After a navigation focus would be left on what is gone; after a fresh load it is the browser's. A page may put another title in
 * the place of its first one, when it knows what it is about: until somebody presses something focus goes along.
 */
export function useFocusOnTitle(): void {
  const path = usePathname()
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    const focus = (): void => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    focus()
    const main = document.querySelector('main')
    if (!main) return
    const observer = new MutationObserver(() => {
      if (document.activeElement === document.body) focus()
    })
    observer.observe(main, { childList: true, subtree: true })
    const stop = (): void => {
      clearTimeout(timer)
      observer.disconnect()
      document.removeEventListener('keydown', stop)
      document.removeEventListener('pointerdown', stop)
    }
    const timer = setTimeout(stop, SETTLES_MS)
    document.addEventListener('keydown', stop)
    document.addEventListener('pointerdown', stop)
    return stop
  }, [path])
}
