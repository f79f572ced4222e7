'use client'

import { Button } from '#ui/button.tsx'
import { Icon, Mark } from '#ui/icon.tsx'
import { EnvironmentBadge } from './environment-badge.tsx'
import { LockButton } from './lock-button.tsx'
import { SourceStrip } from './source-strip.tsx'
import { StreamPill } from './stream-pill.tsx'
import { ThemeSwitch } from './theme-switch.tsx'
import { UserMenu } from './user-menu.tsx'

export interface TopBarProps {
  onMenu: () => void
  onFind: () => void
  onHelp: () => void
  onCommands: () => void
}

export function TopBar({ onMenu, onFind, onHelp, onCommands }: TopBarProps) {
  return (
    <>
      <header className="top">
        <span className="lg:hidden">
          <Button look="bare" icon="menu" aria-label="Pages" onClick={onMenu} />
        </span>
        <span className="brand lg:hidden" style={{ padding: 0, height: 'auto' }}>
          <Mark />
        </span>
        <EnvironmentBadge />
        <button type="button" className="find" onClick={onFind}>
          <Icon name="search" size="s" />
          <span>Search or run a command</span>
          <kbd className="kbd">Ctrl K</kbd>
        </button>
        <span className="flex-1" />
        <StreamPill />
        <SourceStrip />
        <span className="flex items-center">
          <span className="max-lg:hidden">
            <LockButton />
          </span>
          <ThemeSwitch />
          <UserMenu onHelp={onHelp} onCommands={onCommands} />
        </span>
      </header>
      <section className="sources-narrow" aria-label="Sources">
        <SourceStrip />
      </section>
    </>
  )
}
