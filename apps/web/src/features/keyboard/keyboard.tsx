'use client'

import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { SINGLE_KEYS_OFF, usePreference } from '#features/preferences/preferences.ts'
import { chordOf, createKeyMatcher, isSingle } from './key-matcher.ts'
import type { ShortcutId } from './shortcuts.ts'

/** False: it had nothing to do, and whoever registered before may. */
export type ShortcutHandler = (event: KeyboardEvent) => unknown

interface Keyboard {
  add(id: ShortcutId, handler: ShortcutHandler): () => void
  /** What does something on this page now. */
  live(): ReadonlySet<ShortcutId>
  run(id: ShortcutId): void
}

const KeyboardContext = createContext<Keyboard | null>(null)

/** Text is typed there; also what a list of choices does with letters is its own. */
const TYPING = 'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]'
/** These do something of their own with the key. */
const PRESSABLE = 'button, a, summary, [role="menuitem"], [role="option"], input'

const isOwn = (chord: string, target: EventTarget | null): boolean =>
  target instanceof Element && ['enter', 'space'].includes(chord) && target.closest(PRESSABLE) !== null

function createKeyboard(): Keyboard & { handle(event: KeyboardEvent, areSinglesOff: boolean): void } {
  const handlers = new Map<ShortcutId, ShortcutHandler[]>()
  const matcher = createKeyMatcher()
  const runWith = (id: ShortcutId, event: KeyboardEvent): boolean => {
    for (const handler of [...(handlers.get(id) ?? [])].reverse()) if (handler(event) !== false) return true
    return false
  }
  return {
    add(id, handler) {
      handlers.set(id, [...(handlers.get(id) ?? []), handler])
      return () => {
        const left = (handlers.get(id) ?? []).filter((each) => each !== handler)
        if (left.length > 0) handlers.set(id, left)
        else handlers.delete(id)
      }
    },
    live: () => new Set(handlers.keys()),
    run: (id) => void runWith(id, new KeyboardEvent('keydown')),
    handle(event, areSinglesOff) {
      if (event.defaultPrevented || event.isComposing) return
      const chord = chordOf(event)
      const isTyping = event.target instanceof Element && event.target.closest(TYPING) !== null
      const isModal = document.querySelector('dialog:modal') !== null
      const found = matcher.press(event, event.timeStamp)
      if (isModal || isOwn(chord, event.target)) return
      // Escape is of no use to text; a field that has one keeps it to itself.
      if (isTyping && !chord.startsWith('mod+') && chord !== 'escape') return
      if (isTyping && chord === 'mod+a') return
      if (areSinglesOff && isSingle(chord)) return
      if (found.some((id) => runWith(id, event))) event.preventDefault()
    },
  }
}

/** Listens to the keys, once for all pages. */
export function KeyboardProvider({ children }: { children: ReactNode }) {
  const [keyboard] = useState(createKeyboard)
  const [areSinglesOff] = usePreference(SINGLE_KEYS_OFF)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => keyboard.handle(event, areSinglesOff)
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [keyboard, areSinglesOff])
  return <KeyboardContext value={keyboard}>{children}</KeyboardContext>
}

export function useKeyboard(): Keyboard {
  const keyboard = useContext(KeyboardContext)
  if (!keyboard) throw new Error('a page of the console is rendered outside of its keyboard')
  return keyboard
}

/** What a key does while the caller is on the page; the one that came last goes first. */
export function useShortcut(id: ShortcutId, handler: ShortcutHandler, isOn = true): void {
  const keyboard = useKeyboard()
  const latest = useRef(handler)
  useEffect(() => {
    latest.current = handler
  })
  useEffect(() => (isOn ? keyboard.add(id, (event) => latest.current(event)) : undefined), [keyboard, id, isOn])
}
