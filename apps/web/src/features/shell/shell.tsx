'use client'

import type { LiveTick } from '@holdfast/store/contracts'
import { useRouter, useSearchParams } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { CommandDesk } from '#features/commands/command-desk.tsx'
import { KeyboardProvider, useShortcut } from '#features/keyboard/keyboard.tsx'
import { ServicesProvider, useLive, useLiveStore } from '#features/live/services.tsx'
import { RAIL, usePreference } from '#features/preferences/preferences.ts'
import { ToastProvider } from '#features/toasts/toasts.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { BannerLine } from './banner-line.tsx'
import { SheetFrame, useIsSheetOpen } from './frame-sheet.tsx'
import { HelpSheet } from './help-sheet.tsx'
import { Nav } from './nav.tsx'
import { type ConsolePage, PAGES } from './pages.ts'
import { Palette } from './palette.tsx'
import { SignedOutDialog } from './signed-out-dialog.tsx'
import { TopBar } from './top-bar.tsx'
import { useFocusOnTitle } from './use-focus-on-title.ts'
import { type Wizard, WizardProvider } from './wizard.tsx'

interface ShellProps {
  wizard: Wizard
  /** How everything stands, so that the first paint says it and nothing moves when the stream does. */
  firstTick: LiveTick | null
  children: ReactNode
}

/** Navigation and the frame around every page of the console. */
export function Shell({ wizard, firstTick, children }: ShellProps) {
  return (
    <WizardProvider wizard={wizard}>
      <ServicesProvider firstTick={firstTick}>
        <KeyboardProvider>
          <ToastProvider>
            <CommandDesk>
              <SheetFrame>
                <Frame>{children}</Frame>
              </SheetFrame>
            </CommandDesk>
          </ToastProvider>
        </KeyboardProvider>
      </ServicesProvider>
    </WizardProvider>
  )
}

/** Names in the address that open one. */
const SHEETS: ReadonlySet<string> = new Set(['peek', 'reconcile'])

function Frame({ children }: { children: ReactNode }) {
  const [isRail, setIsRail] = usePreference(RAIL)
  const [open, setOpen] = useState<'menu' | 'palette' | 'help' | null>(null)
  const isPaused = useLive((state) => state.isPaused)
  const live = useLiveStore()
  const router = useRouter()
  const isSheetOpen = useIsSheetOpen()
  // One that the address asks for comes with what it is about: room is made at the first paint.
  const isSheetToCome = [...useSearchParams().keys()].some((name) => SHEETS.has(name))
  const close = (): void => setOpen(null)
  useFocusOnTitle()
  useShortcut('palette', () => setOpen('palette'))
  useShortcut('help', () => setOpen('help'))
  useShortcut('nav', () => setIsRail(!isRail))
  useShortcut('pause', () => live.setPaused(!live.state.isPaused))
  return (
    <div className="app" data-rail={isRail || undefined} data-sheet={isSheetOpen || isSheetToCome || undefined}>
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      {PAGES.map((page) => (
        <GoTo key={page.href} page={page} />
      ))}
      <Nav />
      <div className="app-body">
        <TopBar
          onMenu={() => setOpen('menu')}
          onFind={() => setOpen('palette')}
          onHelp={() => setOpen('help')}
          onCommands={() => router.push('/audit?by=me')}
        />
        <BannerLine />
        {isPaused && <div className="paused-edge" />}
        <main id="main" className="page" tabIndex={-1}>
          {children}
        </main>
      </div>
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'help' && <HelpSheet onClose={close} />}
      {open === 'menu' && (
        <Dialog title="Pages" isTitleHidden className="drawer nav-drawer" onClose={close}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: closes behind its links, which keys press as well */}
          <div onClick={close}>
            <Nav />
          </div>
        </Dialog>
      )}
      <SignedOutDialog />
    </div>
  )
}

function GoTo({ page: { href, shortcut } }: { page: ConsolePage }) {
  const router = useRouter()
  useShortcut(shortcut ?? 'go-overview', () => router.push(href), shortcut !== null)
  return null
}
