'use client'

import { useCallback, useState } from 'react'

export interface Hold {
  /** A hand is over the list: order and membership stay. */
  isHeld: boolean
  onPointer: (isOver: boolean) => void
  onFocus: (isWithin: boolean) => void
  noteSelection: (isThere: boolean) => void
}

/** Whether somebody is about to point at, or has chosen, something in the list. */
export function useHold(): Hold {
  const [isOver, setIsOver] = useState(false)
  const [isWithin, setIsWithin] = useState(false)
  const [hasSelection, setHasSelection] = useState(false)
  return {
    isHeld: isOver || isWithin || hasSelection,
    onPointer: useCallback((next: boolean) => setIsOver(next), []),
    onFocus: useCallback((next: boolean) => setIsWithin(next), []),
    noteSelection(isThere) {
      if (isThere !== hasSelection) setHasSelection(isThere)
    },
  }
}
