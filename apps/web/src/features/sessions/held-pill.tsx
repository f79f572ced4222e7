'use client'

import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { Icon } from '#ui/icon.tsx'
import { heldOf, heldText, type SessionList } from './session-list.ts'

/** What is held back while a hand is over the list, and what lets it in. */
export function HeldPill({ list, onApply }: { list: SessionList; onApply: () => void }) {
  const held = heldOf(list)
  useShortcut('apply', onApply, held !== null)
  if (!held) return null
  return (
    <div className="held">
      <Icon name="recheck" size="s" />
      <span>{heldText(held)}</span>
      <button type="button" onClick={onApply}>
        Apply<kbd className="kbd">.</kbd>
      </button>
    </div>
  )
}
