'use client'

import type { SessionRow, Sid } from '@holdfast/store/contracts'
import { useQueries } from '@tanstack/react-query'
import { sessionsQuestion } from '#features/api/questions.ts'
import { useApi, useLive } from '#features/live/services.tsx'

/** A filter has at most a thousand letters: so many sids fit. */
const SIDS_PER_QUESTION = 25
const NAMED_MAX = 200
const EVERY_MS = 5_000

/** The rows of sessions that are shown by their sid only; those that are listed no more are left out. */
export function useRowsOf(sids: readonly Sid[]): ReadonlyMap<Sid, SessionRow> {
  const api = useApi()
  const isPaused = useLive((state) => state.isPaused)
  const wanted = [...new Set(sids)].slice(0, NAMED_MAX).sort()
  const chunks = Array.from({ length: Math.ceil(wanted.length / SIDS_PER_QUESTION) }, (_, index) =>
    wanted.slice(index * SIDS_PER_QUESTION, (index + 1) * SIDS_PER_QUESTION),
  )
  const results = useQueries({
    queries: chunks.map((chunk) => {
      const filter = chunk.map((sid) => `sid:${sid}`).join(' ')
      const question = sessionsQuestion({ filter, sort: '', offset: 0, limit: SIDS_PER_QUESTION })
      return {
        queryKey: [question.path],
        queryFn: ({ signal }: { signal: AbortSignal }) => api.ask({ ...question, signal }),
        refetchInterval: isPaused ? (false as const) : EVERY_MS,
      }
    }),
  })
  return new Map(results.flatMap(({ data }) => data?.items ?? []).map((row) => [row.sid, row]))
}
