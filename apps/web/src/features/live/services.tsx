'use client'

import { systemClock } from '@holdfast/runtime/clock'
import type { LiveTick } from '@holdfast/store/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { createPresence, type Presence, TOUCHES } from '#features/api/presence.ts'
import { pulseQuestion } from '#features/api/questions.ts'
import { type ApiClient, createApiClient } from '#features/api/request.ts'
import { followPulse } from './follow-pulse.ts'
import { createHistory, type History, type Sample } from './history.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'
import { createServerClock, type ServerClock } from './server-clock.ts'
import type { LiveState } from './stream-state.ts'
import { createTicker, type Ticker } from './ticker.ts'

interface Services {
  api: ApiClient
  live: LiveStore
  /** The console's clock, as far as this browser knows it. */
  clock: ServerClock
  ticker: Ticker
  history: History
  presence: Presence
}

const PASSIVE = { passive: true, capture: true } as const

const ServicesContext = createContext<Services | null>(null)

function createServices(firstTick: LiveTick | null): Services {
  const clock = createServerClock(systemClock.now)
  // Until something tells it better: a tick that seems old would not be shown.
  if (firstTick) clock.noteTold(Date.parse(firstTick.now), systemClock.now())
  const presence = createPresence(systemClock.monotonic)
  const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, presence.mark(init))
  const live = createLiveStore({ firstTick, fetch, clock: systemClock, random: Math.random })
  return {
    clock,
    live,
    presence,
    history: createHistory(),
    ticker: createTicker(systemClock, clock.now),
    api: createApiClient({
      fetch,
      now: systemClock.now,
      onTiming: ({ sentAt, receivedAt, asOf }) => clock.note({ sentAt, receivedAt, serverMs: Date.parse(asOf) }),
    }),
  }
}

/** What every page of the console asks with: the API, the stream, the console's time. One for a tab. */
export function ServicesProvider({ firstTick, children }: { firstTick: LiveTick | null; children: ReactNode }) {
  const [services] = useState(() => createServices(firstTick))
  const { live } = services
  const queries = useQueryClient()
  useEffect(() => {
    const onVisibility = (): void => live.setVisible(document.visibilityState === 'visible')
    const onOnline = (): void => live.setOnline(navigator.onLine)
    const stopHistory = services.history.follow(live)
    const stopClock = live.onTick(({ now }) => {
      services.clock.noteTold(Date.parse(now), systemClock.now())
      if (live.state.tick === null) services.ticker.refresh()
    })
    const ask = () => services.api.ask(pulseQuestion)
    const stopPulse = followPulse({ live, ask, clock: systemClock })
    const stop = live.onResync(() => void queries.invalidateQueries())
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('online', onOnline)
    window.addEventListener('offline', onOnline)
    for (const touch of TOUCHES) window.addEventListener(touch, services.presence.touched, PASSIVE)
    live.start()
    return () => {
      stop()
      stopHistory()
      stopClock()
      stopPulse()
      for (const touch of TOUCHES) window.removeEventListener(touch, services.presence.touched, PASSIVE)
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', onOnline)
      window.removeEventListener('offline', onOnline)
      live.close()
    }
  }, [live, queries, services])
  return <ServicesContext value={services}>{children}</ServicesContext>
}

function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new Error('a page of the console is rendered outside of its services')
  return services
}

export const useApi = (): ApiClient => useServices().api
export const useLiveStore = (): LiveStore => useServices().live
/** For what is read once, on an event. What is shown uses `useNow`. */
export const useServerClock = (): ServerClock => useServices().clock

/** A part of the stream's state. `select` must give the same value for the same state. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const { live } = useServices()
  return useSyncExternalStore(
    live.subscribe,
    () => select(live.state),
    () => select(live.first),
  )
}

/** Ticks that this tab has seen, oldest first. */
export function useHistory(): readonly Sample[] {
  const { history } = useServices()
  return useSyncExternalStore(
    history.subscribe,
    () => history.samples,
    () => NO_SAMPLES,
  )
}

const NO_SAMPLES: readonly Sample[] = []

/**
 * The console's time, epoch ms, anew each second. 0 where the page is not alive yet: no time of day can be told then, for the
 * server does not know the browser's zone.
 */
export const useNow = (): number => useNowAs((now) => now)

/** What is made of the console's time; drawn anew only where that comes out other than the second before. */
export function useNowAs<T extends string | number>(say: (now: number) => T): T {
  const { ticker } = useServices()
  return useSyncExternalStore(
    ticker.subscribe,
    () => say(ticker.now),
    () => say(0),
  )
}
