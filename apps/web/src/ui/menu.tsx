'use client'

import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import type { ShortcutId } from '#features/keyboard/shortcuts.ts'
import { Icon, type IconName } from './icon.tsx'
import { Popover } from './popover.tsx'

export interface MenuProps {
  /** What the menu is of; said where the button shows a drawing only. */
  label: string
  icon?: IconName
  /** The button's content; a drawing alone without. */
  text?: ReactNode
  look?: 'bare'
  /** A key that opens it. */
  shortcut?: ShortcutId
  /** Stays open when something in it is chosen. */
  isForSeveral?: boolean
  children: ReactNode
}

/** A button with a list of things to do or to choose. Arrows, Home and End move in it. */
export function Menu({ label, icon, text, look, shortcut, isForSeveral = false, children }: MenuProps) {
  const [isOpen, setIsOpen] = useState(false)
  const anchor = useRef<HTMLButtonElement>(null)
  const close = (): void => setIsOpen(false)
  useShortcut(shortcut ?? 'columns', () => setIsOpen(true), shortcut !== undefined)
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="btn"
        data-look={look}
        data-square={text === undefined ? '' : undefined}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={text === undefined ? label : undefined}
        title={text === undefined ? label : undefined}
        onClick={() => setIsOpen(!isOpen)}
      >
        {icon && <Icon name={icon} size={text === undefined ? undefined : 's'} />}
        {text}
      </button>
      {isOpen && (
        <Popover anchor={anchor} className="menu" onClose={close}>
          <div
            role="menu"
            tabIndex={-1}
            aria-label={label}
            onKeyDown={(event) => onMenuKey(event, close)}
            onClick={isForSeveral ? undefined : close}
          >
            {children}
          </div>
        </Popover>
      )}
    </>
  )
}

const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at <= 0 ? count : at) - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
}

function onMenuKey(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  if (event.key === 'Tab') close()
  const move = MOVES[event.key]
  if (!move) return
  event.preventDefault()
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')]
  const at = items.findIndex((item) => item.contains(document.activeElement))
  items[move(at, items.length)]?.focus()
}

/** Something to do. `off`: why it does nothing now. */
export function MenuItem(props: {
  icon?: IconName
  shortcut?: string
  off?: string | null
  onChoose: () => void
  children: ReactNode
}) {
  const { icon, shortcut, off = null, onChoose, children } = props
  return (
    <button
      type="button"
      role="menuitem"
      className="menu-item"
      aria-disabled={off !== null || undefined}
      title={off ?? undefined}
      onClick={(event) => (off === null ? onChoose() : event.stopPropagation())}
    >
      {icon && <Icon name={icon} size="s" />}
      {children}
      {off !== null && <span className="text-text-3"> {off}</span>}
      {shortcut && <kbd className="kbd">{shortcut}</kbd>}
    </button>
  )
}

interface ChoiceProps {
  isChosen: boolean
  onChoose: () => void
  children: ReactNode
}

/** One of several. */
export function MenuRadio({ isChosen, onChoose, children }: ChoiceProps) {
  return (
    <button type="button" role="menuitemradio" aria-checked={isChosen} className="menu-item" onClick={onChoose}>
      <span className="w-3.5">{isChosen && <Icon name="in-sync" size="s" />}</span>
      {children}
    </button>
  )
}

/** On and off by itself. */
export function MenuCheck({ isChosen, onChoose, children }: ChoiceProps) {
  return (
    <button type="button" role="menuitemcheckbox" aria-checked={isChosen} className="menu-item" onClick={onChoose}>
      <span className="w-3.5">{isChosen && <Icon name="in-sync" size="s" />}</span>
      {children}
    </button>
  )
}
