'use client'

import { parseAsString, useQueryState } from 'nuqs'
import { useCallback, useMemo } from 'react'
import { COLUMNS as KEPT, setPreference, usePreference } from '#features/preferences/preferences.ts'
import { type ColumnLayout, layoutOf, layoutText } from './column-layout.ts'
import { COLUMNS } from './columns.tsx'

export interface LayoutDesk {
  layout: ColumnLayout
  /** Null: as the product has it. */
  change: (next: ColumnLayout | null) => void
  /** Nobody has changed anything. */
  isInitial: boolean
}

/**
 * The columns of the list: those of the address, so that a link shows the same; else those that this browser remembers. A change
 * is written to both.
 */
export function useColumnLayout(): LayoutDesk {
  const [kept] = usePreference(KEPT)
  const [told, setTold] = useQueryState('columns', parseAsString)
  const text = told ?? kept
  const layout = useMemo(() => layoutOf(text, COLUMNS), [text])
  const change = useCallback(
    (next: ColumnLayout | null) => {
      const words = next && layoutText(next)
      setPreference(KEPT, words)
      void setTold(words)
    },
    [setTold],
  )
  return { layout, change, isInitial: text === null }
}
