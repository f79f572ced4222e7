'use client'

import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { Question } from '#features/api/request.ts'
import { useApi, useLive } from './services.tsx'
import type { LiveState } from './stream-state.ts'

/** Without a stream every page asks this often. */
export const POLL_MS = 5_000

export interface AnswerOptions {
  /** How often to ask while the stream lives, ms. */
  everyMs: number
  isEnabled?: boolean
  /** Shows the answer to the question before while the new one is on its way: filters and pages, never another thing. */
  keepsPrevious?: boolean
}

/** Null: nothing is asked by itself now. */
const intervalOf =
  (everyMs: number) =>
  ({ stream, isPaused }: LiveState): number | null => {
    if (isPaused || ['offline', 'asleep', 'signed-out'].includes(stream.kind)) return null
    return stream.kind === 'retrying' ? POLL_MS : everyMs
  }

/** An answer of the API that is kept fresh: asked again by the clock, and at once when the stream says something was missed. */
export function useAnswer<S extends z.ZodType>(
  question: Question<S>,
  { everyMs, isEnabled = true, keepsPrevious = false }: AnswerOptions,
): UseQueryResult<z.infer<S>, Error> {
  const api = useApi()
  const interval = useLive(intervalOf(everyMs))
  return useQuery({
    queryKey: [question.path],
    queryFn: ({ signal }) => api.ask({ ...question, signal }),
    enabled: isEnabled,
    refetchInterval: interval ?? false,
    placeholderData: keepsPrevious ? keepPreviousData : undefined,
  })
}
