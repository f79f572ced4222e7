'use client'

import type { ReactNode } from 'react'
import { useLive, useLiveStore, useNow } from '#features/live/services.tsx'
import { Button } from './button.tsx'
import { timeText } from './format/time.ts'
import { PageTitle } from './page-title.tsx'

/** The first line of a page: its name, what there is to say of it, and what can be done. */
export function PageHead({ title, about, children }: { title: ReactNode; about?: ReactNode; children?: ReactNode }) {
  return (
    <div className="page-head">
      <PageTitle>{title}</PageTitle>
      {about}
      <span className="flex-1" />
      {children}
    </div>
  )
}

/** When what is shown was so, by the console's clock. */
export function AsOf({ at }: { at: string | null | undefined }) {
  // The server does not know the browser's time zone.
  const isAlive = useNow() > 0
  if (!at || !isAlive) return null
  return <span className="age max-lg:hidden">as of {timeText(at)}</span>
}

/** Holds everything new back, on every page, until it is pressed again. */
export function PauseButton() {
  const isPaused = useLive((state) => state.isPaused)
  const live = useLiveStore()
  return (
    <Button
      icon={isPaused ? 'resume' : 'pause'}
      shortcut="p"
      aria-pressed={isPaused}
      onClick={() => live.setPaused(!isPaused)}
    >
      {isPaused ? 'Go on' : 'Pause'}
    </Button>
  )
}
