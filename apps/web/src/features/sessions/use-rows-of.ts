'use client'

import type { SessionRow, Sid } from '@holdfast/store/contracts'
import { useQueries } from '@tanstack/react-query'
import { useApi, useLive } from '#features/live/services.tsx'
import { rowsQuestions } from './rows-of.ts'

const NAMED_MAX = 200
const EVERY_MS = 5_000

/** The rows of sessions that are shown by their sid only; those that are listed no more are left out. */
export function useRowsOf(sids: readonly Sid[]): ReadonlyMap<Sid, SessionRow> {
  const api = useApi()
  const isPaused = useLive((state) => state.isPaused)
  const wanted = [...new Set(sids)].slice(0, NAMED_MAX).sort()
  const results = useQueries({
    queries: rowsQuestions(wanted).map((question) => ({
      queryKey: [question.path],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.ask({ ...question, signal }),
      refetchInterval: isPaused ? (false as const) : EVERY_MS,
    })),
  })
  return new Map(results.flatMap(({ data }) => data?.items ?? []).map((row) => [row.sid, row]))
}
