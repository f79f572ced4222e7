'use client'

import { useRef } from 'react'
import { Button } from '#ui/button.tsx'
import { Mark } from '#ui/icon.tsx'
import { Announcer } from './announcer.tsx'
import { type CommandField, CommandLine } from './command-line.tsx'
import { GameLog } from './game-log.tsx'
import { LinkBar, LinkPill } from './link-bar.tsx'
import { changeSettings, usePlaySettings } from './play-settings.ts'
import { SettingsButton } from './settings-panel.tsx'
import { useBottom } from './use-bottom.ts'
import { useFonts } from './use-fonts.ts'
import { usePlaySession } from './use-play-session.ts'
import { useVisibleHeight } from './use-visible-height.ts'
import { useWaysToField } from './use-ways-to-field.ts'

/** The part of a screen that a page is: some lines are seen twice, so that the place is not lost. */
const PAGE = 0.9

/** The players' client: the game above, the line to type in below. `wsUrl`: the gateway's WebSocket. */
export function PlayClient({ wsUrl }: { wsUrl: string }) {
  const [session, view] = usePlaySession(wsUrl)
  const settings = usePlaySettings()
  const screen = useRef<HTMLDivElement>(null)
  const field = useRef<CommandField>(null)
  const bottom = useBottom(screen, view.scrollBack.nextId, view)
  useWaysToField(field)
  useFonts()
  useVisibleHeight()

  const send = (text: string): 'sent' | 'kept' => {
    const outcome = session.send(text)
    if (outcome === 'sent') bottom.goToEnd()
    return outcome
  }
  const onPage = (screens: number): void => {
    const box = screen.current
    box?.scrollBy({ top: screens * PAGE * box.clientHeight })
    bottom.onScroll() // at once: the next line may come before the browser tells of it
  }
  return (
    <div className="play" data-text={settings.textSize}>
      <a className="skip-link" href="#command">
        To the command line
      </a>
      <header className="play-top">
        <Mark />
        <h1>Holdfast</h1>
        <LinkPill link={view.link} />
        <Button
          look="bare"
          aria-pressed={settings.screenReader}
          onClick={() => changeSettings({ screenReader: !settings.screenReader })}
        >
          <span>
            Screen reader<span className="play-wide">: {settings.screenReader ? 'on' : 'off'}</span>
          </span>
        </Button>
        <SettingsButton settings={settings} />
      </header>
      <main className="play-main">
        <GameLog screen={screen} session={session} view={view} bottom={bottom} isSilent={settings.screenReader} />
        {settings.screenReader && <Announcer scrollBack={view.scrollBack} />}
        <LinkBar link={view.link} onRetry={session.retryNow} />
        <CommandLine
          field={field}
          isSecret={view.isSecret}
          isConnected={view.link.kind === 'open'}
          send={send}
          onPage={onPage}
        />
      </main>
    </div>
  )
}
