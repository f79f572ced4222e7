'use client'

import { systemClock } from '@holdfast/runtime/clock'
import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react'
import { openBrowserSocket } from './browser-socket.ts'
import { createPlaySession, FIRST_VIEW, type PlaySession, type PlayView } from './play-session.ts'
import { readSettings } from './play-settings.ts'

/** A page in the background is not drawn, and would wait for its next frame until it is looked at. */
const BACKGROUND_MS = 200
const RESIZE_MS = 300
/** As wide as the screen gets (look.md). */
const COLUMNS_MAX = 100

const soon = (work: () => void): void => {
  if (document.hidden) setTimeout(work, BACKGROUND_MS)
  else requestAnimationFrame(work)
}

/** The session of this page, and what there is to see of it. It begins with the page and ends with it. */
export function usePlaySession(url: string): [PlaySession, PlayView] {
  const [session] = useState(() =>
    createPlaySession({
      url,
      openSocket: openBrowserSocket,
      clock: systemClock,
      random: Math.random,
      isEchoOn: () => readSettings().echo,
      soon,
    }),
  )
  const view = useSyncExternalStore(session.subscribe, session.read, () => FIRST_VIEW)
  useEffect(() => {
    session.start()
    const onOnline = (): void => {
      session.retryNow()
      session.check()
    }
    // A phone that was asleep: its socket may look open and be long gone.
    const onShown = (): void => {
      if (document.hidden) return
      if (session.read().link.kind === 'waiting') session.retryNow()
      session.check()
    }
    window.addEventListener('online', onOnline)
    document.addEventListener('visibilitychange', onShown)
    return () => {
      window.removeEventListener('online', onOnline)
      document.removeEventListener('visibilitychange', onShown)
      session.stop()
    }
  }, [session])
  return [session, view]
}

/** Tells the game how many characters the screen holds. `ruler`: ten characters of its type. */
export function useScreenSize(
  session: PlaySession,
  screen: RefObject<HTMLElement | null>,
  ruler: RefObject<HTMLElement | null>,
): void {
  useEffect(() => {
    const box = screen.current
    if (!box) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const measure = (): void => {
      const character = ruler.current?.getBoundingClientRect()
      if (!character || character.width === 0 || character.height === 0) return
      const style = getComputedStyle(box)
      const width = box.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
      const columns = Math.max(1, Math.min(COLUMNS_MAX, Math.floor((width * 10) / character.width)))
      session.resize(columns, Math.max(1, Math.floor(box.clientHeight / character.height)))
    }
    const watch = new ResizeObserver(() => {
      clearTimeout(timer)
      timer = setTimeout(measure, RESIZE_MS)
    })
    watch.observe(box)
    // Another font, another size of text.
    if (ruler.current) watch.observe(ruler.current)
    return () => {
      clearTimeout(timer)
      watch.disconnect()
    }
  }, [session, screen, ruler])
}
