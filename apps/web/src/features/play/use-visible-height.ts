'use client'

import { useEffect } from 'react'

/** A browser that lays the keyboard over the page rather than make the page smaller (Safari): the page makes itself smaller. */
export function useVisibleHeight(): void {
  useEffect(() => {
    const viewport = window.visualViewport
    if (!viewport) return
    const { style } = document.documentElement
    const fit = (): void => {
      // Whoever has zoomed in sees a part of the page, and wants the whole of it to stay as it is.
      const isCovered = viewport.scale === 1 && viewport.height < window.innerHeight - 1
      if (!isCovered) {
        style.removeProperty('--visible-height')
        return
      }
      style.setProperty('--visible-height', `${viewport.height}px`)
      window.scrollTo(0, 0)
    }
    viewport.addEventListener('resize', fit)
    return () => viewport.removeEventListener('resize', fit)
  }, [])
}
