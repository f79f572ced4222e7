'use client'

import { useCallback, useSyncExternalStore } from 'react'

/** Whether the window is as the query says; false where there is no window yet. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(query).matches,
    () => false,
  )
}

/** Rows of two lines, fields as blocks, actions at the bottom. */
export const NARROW = '(max-width: 1023px)'
