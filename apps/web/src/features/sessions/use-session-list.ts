'use client'

import { useQueries, useQueryClient } from '@tanstack/react-query'
import { startTransition, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { sessionsQuestion } from '#features/api/questions.ts'
import { useApi, useLive, useLiveStore, useServerClock } from '#features/live/services.tsx'
import { POLL_MS } from '#features/live/use-answer.ts'
import { createListStore, type ListStore } from './list-store.ts'
import { type SessionList, WINDOW_ROWS } from './session-list.ts'

/** Values come with patches; where a value may have moved a row, its windows are asked for again this late. */
const LATER_MS = 2_000
/** Somebody came or left: at once, but not more often. */
const SOON_MS = 400
/** What neither told: asked for anyway. */
const ANYWAY_MS = 10_000

export interface ListQuestion {
  filter: string
  sort: string
}

export interface SessionListView {
  list: SessionList
  store: ListStore
  /** The answer to another question is on the screen while this one's is on its way. */
  isOtherShown: boolean
  isFetching: boolean
  error: Error | null
  retry: () => void
}

/** The sessions that match, kept up by questions for the windows in view and by patches. `isHeld`: order and membership stay. */
export function useSessionList(question: ListQuestion, windows: readonly number[], isHeld: boolean): SessionListView {
  const [store] = useState(createListStore)
  const api = useApi()
  const queries = useQueryClient()
  const list = useSyncExternalStore(
    store.subscribe,
    () => store.list,
    () => store.list,
  )
  const name = JSON.stringify(question)
  const interval = useLive(({ stream, isPaused }) => (isPaused ? false : stream.kind === 'live' ? ANYWAY_MS : POLL_MS))
  const results = useQueries({
    queries: windows.map((window) => ({
      queryKey: ['sessions', name, window],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const asked = { ...question, offset: window * WINDOW_ROWS, limit: WINDOW_ROWS }
        const page = await api.ask({ ...sessionsQuestion(asked), signal })
        startTransition(() => store.takePage(name, page))
        return page.rev
      },
      refetchInterval: interval,
      // The store keeps the rows; the answer itself is of no use twice.
      gcTime: 0,
      staleTime: 0,
    })),
  })
  useEffect(() => store.setHeld(isHeld), [store, isHeld])
  useFollowing(store, () => void queries.invalidateQueries({ queryKey: ['sessions', name] }, { cancelRefetch: false }))
  return {
    list,
    store,
    isOtherShown: list.question !== name,
    isFetching: results.some((result) => result.isFetching),
    error: results.find((result) => result.error !== null)?.error ?? null,
    retry: () => void queries.invalidateQueries({ queryKey: ['sessions', name] }),
  }
}

/** Takes patches, and asks for the windows again when one may have moved something. */
function useFollowing(store: ListStore, ask: () => void): void {
  const live = useLiveStore()
  const clock = useServerClock()
  const latest = useRef(ask)
  useEffect(() => {
    latest.current = ask
  })
  useEffect(() => {
    let timer: { id: ReturnType<typeof setTimeout>; at: number } | null = null
    const askIn = (ms: number): void => {
      const at = performance.now() + ms
      if (timer !== null && timer.at <= at) return
      if (timer !== null) clearTimeout(timer.id)
      const id = setTimeout(() => {
        timer = null
        latest.current()
      }, ms)
      timer = { id, at }
    }
    const stopPatches = live.onPatch((patch) =>
      startTransition(() => {
        const staleness = store.takePatch(patch, clock.now())
        if (staleness !== 'none') askIn(staleness === 'now' ? SOON_MS : LATER_MS)
      }),
    )
    const stopResyncs = live.onResync(() => store.resync())
    return () => {
      stopPatches()
      stopResyncs()
      if (timer !== null) clearTimeout(timer.id)
    }
  }, [store, live, clock])
}
