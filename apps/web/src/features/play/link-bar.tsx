'use client'

import { useEffect, useReducer } from 'react'
import { Button } from '#ui/button.tsx'
import { Icon, type IconName } from '#ui/icon.tsx'
import { type LinkState, linkWords } from './link-state.ts'

const COUNT_MS = 500
const SHORT: Readonly<Record<LinkState['kind'], string>> = {
  connecting: 'Connecting',
  open: 'Connected',
  waiting: 'Not connected',
  over: 'Not connected',
}
const ICONS: Readonly<Record<LinkState['kind'], IconName>> = {
  connecting: 'settling',
  open: 'in-sync',
  waiting: 'warning',
  over: 'close',
}

/** The state in a word, at the top. Changes are told in the log, so that they are read out once. */
export function LinkPill({ link }: { link: LinkState }) {
  return (
    <span className="play-pill" data-link={link.kind}>
      <Icon name={ICONS[link.kind]} size="s" />
      <span>{SHORT[link.kind]}</span>
    </span>
  )
}

/** While there is no connection: why, what happens next, and a way to have it now. */
export function LinkBar({ link, onRetry }: { link: LinkState; onRetry(): void }) {
  const [, count] = useReducer((ticks: number) => ticks + 1, 0)
  const isWaiting = link.kind === 'waiting'
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(count, COUNT_MS)
    return () => clearInterval(timer)
  }, [isWaiting])
  // The first opening is soon over: a bar would come and go.
  if (link.kind === 'open' || (link.kind === 'connecting' && link.attempt === 0)) return null
  return (
    <section className="play-link" data-link={link.kind} aria-label="Connection">
      <Icon name={ICONS[link.kind]} size="s" />
      <span>{linkWords(link, performance.now())}</span>
      {link.kind !== 'connecting' && (
        <Button onClick={onRetry}>{link.kind === 'waiting' ? 'Try now' : 'Connect again'}</Button>
      )}
    </section>
  )
}
