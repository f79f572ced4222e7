'use client'

import type { SessionRow } from '@holdfast/store/contracts'
import { useCallback, useRef, useState } from 'react'
import { ofFilter } from './in-filter.ts'
import { NOTHING, type Selection, toggled, withRows } from './selection.ts'
import type { SessionList } from './session-list.ts'

export interface SelectionDesk {
  selection: Selection
  /** One row in or out; with `isRange` all from the last one to this one. */
  select: (index: number, isRange: boolean) => void
  selectView: (isOn: boolean) => void
  /** All that match the page's filter. */
  selectAll: () => void
  clear: () => void
}

/**
 * What is selected, by session: it stays through scrolling, filtering and sorting. All that match a filter: as long as the page
 * has that filter.
 */
export function useSelection(list: SessionList, filter: string): SelectionDesk {
  const [kept, setSelection] = useState<Selection>(NOTHING)
  const selection = ofFilter(kept, filter)
  const anchor = useRef<number | null>(null)
  const latest = useRef(list)
  latest.current = list
  const pageFilter = useRef(filter)
  pageFilter.current = filter
  const rowAt = (index: number): SessionRow | undefined => {
    const { shown, rows } = latest.current
    const sid = shown?.sids.get(index)
    return sid === undefined ? undefined : rows.get(sid)?.row
  }
  const between = (from: number, to: number): SessionRow[] => {
    const found: SessionRow[] = []
    for (let index = Math.min(from, to); index <= Math.max(from, to); index++) {
      const row = rowAt(index)
      if (row) found.push(row)
    }
    return found
  }
  const seen = (): SessionRow[] => between(0, Math.max(-1, ...(latest.current.shown?.sids.keys() ?? [])))
  const desk = useRef({ rowAt, between, seen })
  const select = useCallback((index: number, isRange: boolean) => {
    const { rowAt: at, between: all, seen: inView } = desk.current
    const row = at(index)
    if (!row) return
    const from = anchor.current
    setSelection((was) => {
      const before = ofFilter(was, pageFilter.current)
      if (!isRange) return toggled(before, row, inView())
      return withRows(before, from !== null ? all(from, index) : [row])
    })
    anchor.current = index
  }, [])
  return {
    selection,
    select,
    selectView: (isOn) => setSelection(isOn ? withRows(NOTHING, desk.current.seen()) : NOTHING),
    selectAll() {
      const { shown } = latest.current
      if (shown) setSelection({ kind: 'all', filter, total: shown.total, asOf: shown.asOf })
    },
    clear() {
      anchor.current = null
      setSelection(NOTHING)
    },
  }
}
