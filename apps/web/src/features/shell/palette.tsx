'use client'

import { useRouter } from 'next/navigation'
import { type KeyboardEvent, useId, useMemo, useState } from 'react'
import { keysText } from '#features/keyboard/key-matcher.ts'
import { useKeyboard } from '#features/keyboard/keyboard.tsx'
import { SHORTCUTS, type ShortcutId } from '#features/keyboard/shortcuts.ts'
import { Dialog } from '#ui/dialog.tsx'
import { Icon, type IconName } from '#ui/icon.tsx'
import { useIsApple } from './help-sheet.tsx'
import { PAGES, SETTINGS } from './pages.ts'

interface Entry {
  id: string
  label: string
  icon: IconName
  keys: string | null
  run: () => void
}

const ICONS: Partial<Record<ShortcutId, IconName>> = {
  recheck: 'recheck',
  reconcile: 'drifted',
  boot: 'boot',
  message: 'message',
  pause: 'pause',
  columns: 'columns',
  link: 'link',
}
/** Of no use in a list: they move, close, or are this list. */
const LEFT_OUT: readonly ShortcutId[] = [
  'palette',
  'down',
  'up',
  'open',
  'close',
  'confirm',
  'extend-down',
  'extend-up',
]

/** Looks for sessions, opens pages, does what keys do. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const entries = useEntries(text.trim(), onClose)
  const chosen = Math.min(at, entries.length - 1)
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') entries[chosen]?.run()
    else if (step === undefined) return
    else setAt((chosen + step + entries.length) % entries.length)
    event.preventDefault()
  }
  return (
    <Dialog title="Search or run a command" isTitleHidden className="dialog palette" onClose={onClose}>
      <input
        className="palette-input"
        role="combobox"
        aria-label="Search or run a command"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={entries[chosen] ? `${listId}-${chosen}` : undefined}
        placeholder="A name, a host, a page, a command"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKey}
      />
      <div id={listId} role="listbox" aria-label="Found" tabIndex={-1} className="palette-list">
        {entries.map((entry, index) => (
          <PaletteItem key={entry.id} id={`${listId}-${index}`} entry={entry} isChosen={index === chosen} />
        ))}
      </div>
    </Dialog>
  )
}

function PaletteItem({ id, entry, isChosen }: { id: string; entry: Entry; isChosen: boolean }) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are pressed in the field above, which owns this list
    <div id={id} role="option" tabIndex={-1} aria-selected={isChosen} className="palette-item" onClick={entry.run}>
      <Icon name={entry.icon} />
      <span className="min-w-0 flex-1 truncate">{entry.label}</span>
      {entry.keys !== null && <kbd className="kbd">{entry.keys}</kbd>}
    </div>
  )
}

function useEntries(text: string, close: () => void): readonly Entry[] {
  const router = useRouter()
  const keyboard = useKeyboard()
  const isApple = useIsApple()
  return useMemo(() => {
    const go = (href: string) => (): void => {
      close()
      router.push(href)
    }
    const live = keyboard.live()
    const all: Entry[] = [
      ...[...PAGES, SETTINGS].map(({ href, label, icon, shortcut }) => {
        const keys = SHORTCUTS.find(({ id }) => id === shortcut)?.keys[0]
        return {
          id: href,
          label: `Open ${label}`,
          icon,
          keys: keys === undefined ? null : keysText(keys, isApple),
          run: go(href),
        }
      }),
      ...SHORTCUTS.filter(({ id }) => live.has(id) && !LEFT_OUT.includes(id) && !id.startsWith('go-')).map(
        ({ id, label, keys }) => ({
          id,
          label,
          icon: ICONS[id] ?? 'right',
          keys: keysText(keys[0], isApple),
          run() {
            close()
            keyboard.run(id)
          },
        }),
      ),
    ]
    const wanted = text.toLowerCase()
    const found = all.filter(({ label }) => label.toLowerCase().includes(wanted))
    if (text === '') return found
    const search = { id: 'find', label: `Find sessions: ${text}`, icon: 'search' as const, keys: null }
    return [...found, { ...search, run: go(`/sessions?filter=${encodeURIComponent(text)}`) }]
  }, [text, close, router, keyboard, isApple])
}
