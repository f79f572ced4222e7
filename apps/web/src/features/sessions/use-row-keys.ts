'use client'

import type { SessionRow } from '@holdfast/store/contracts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useCopy } from '#features/toasts/use-copy.ts'

export interface RowKeys {
  count: number
  cursor: number
  onCursor: (index: number) => void
  onSelect: (index: number, isRange: boolean) => void
  onSelectView: (isOn: boolean) => void
  onClear: () => boolean
  onOpen: (row: SessionRow) => void
  onPeek: (row: SessionRow) => void
  rowAt: (index: number) => SessionRow | undefined
}

/** The keys of the list: move, open, peek, select. */
export function useRowKeys(keys: RowKeys): void {
  const copy = useCopy()
  const { count, cursor, onCursor, onSelect, onSelectView, onClear, onOpen, onPeek, rowAt } = keys
  const move = (step: number): boolean => {
    if (count === 0) return false
    onCursor(Math.max(0, Math.min(count - 1, cursor < 0 ? 0 : cursor + step)))
    return true
  }
  const extend = (step: number): boolean => {
    const next = cursor + step
    if (cursor < 0 || next < 0 || next >= count) return false
    onSelect(cursor, true)
    onCursor(next)
    onSelect(next, true)
    return true
  }
  const withRow = (act: (row: SessionRow) => void): boolean => {
    const row = rowAt(cursor)
    if (row) act(row)
    return row !== undefined
  }
  useShortcut('down', () => move(1))
  useShortcut('up', () => move(-1))
  useShortcut('open', () => withRow(onOpen))
  useShortcut('peek', () => withRow(onPeek))
  useShortcut('select', () => withRow(() => onSelect(cursor, false)))
  useShortcut('select-range', () => withRow(() => onSelect(cursor, true)))
  useShortcut('extend-down', () => extend(1))
  useShortcut('extend-up', () => extend(-1))
  useShortcut('select-all', () => {
    onSelectView(true)
    return true
  })
  useShortcut('close', () => onClear())
  useShortcut('copy-handle', () => withRow((row) => copy(String(row.handle), 'the handle')))
}
