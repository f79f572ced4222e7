'use client'

import { useEffect } from 'react'

/** Brings the page's own fonts once the client itself is there; for who saves data, never. */
export function useFonts(): void {
  useEffect(() => {
    if (window.matchMedia('(prefers-reduced-data: reduce)').matches) return
    const bring = (): void => {
      document.documentElement.dataset.fonts = ''
    }
    if (document.readyState === 'complete') bring()
    else window.addEventListener('load', bring, { once: true })
    return () => window.removeEventListener('load', bring)
  }, [])
}
