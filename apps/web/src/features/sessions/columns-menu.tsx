'use client'

import { useRef, useState } from 'react'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { DENSITY, usePreference } from '#features/preferences/preferences.ts'
import { Button } from '#ui/button.tsx'
import { Popover } from '#ui/popover.tsx'
import { ColumnsList } from './columns-list.tsx'
import type { LayoutDesk } from './use-column-layout.ts'

/** The button that shows which columns the list has, and changes them. */
export function ColumnsMenu({ desk }: { desk: LayoutDesk }) {
  const [isOpen, setIsOpen] = useState(false)
  const anchor = useRef<HTMLSpanElement>(null)
  useShortcut('columns', () => setIsOpen(true))
  return (
    <span ref={anchor} className="inline-flex" tabIndex={-1}>
      <Button icon="columns" aria-haspopup="dialog" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        Columns
      </Button>
      {isOpen && (
        <Popover anchor={anchor} className="columns" onClose={() => setIsOpen(false)}>
          <ColumnsList desk={desk} />
        </Popover>
      )}
    </span>
  )
}

export function DensityButton() {
  const [density, setDensity] = usePreference(DENSITY)
  const other = density === 'compact' ? 'comfortable' : 'compact'
  return (
    <Button
      icon="density"
      aria-label={`Row height: ${density}. Make it ${other}`}
      title={`Row height: ${density}`}
      onClick={() => setDensity(other)}
    />
  )
}
