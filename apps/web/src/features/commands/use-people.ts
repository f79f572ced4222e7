'use client'

import type { Sid } from '@holdfast/store/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { errorText } from '#features/api/api-error.ts'
import { useApi, useLive } from '#features/live/services.tsx'
import { readRowsOf } from '#features/sessions/rows-of.ts'
import { type Person, type Replaced, replacedOf } from './people.ts'

const EVERY_MS = 2_000

export interface People {
  /** On which of the sessions somebody else is now. */
  replaced: readonly Replaced[]
  isChecking: boolean
  /** Why it could not be read who is there now: then nothing was done. */
  problem: string | null
  /**
   * Reads who is on these sessions now, and acts where they are those whom the wizard saw. Else `replaced` says who is there, and
   * nothing is done; neither is it where the form is closed meanwhile.
   */
  ifSame(sids: readonly Sid[], act: () => void): void
}

/** Whom a form is about, as the wizard saw them, and who is there now. Nobody to know: everything is done at once. */
export function usePeople(seen: readonly Person[]): People {
  const api = useApi()
  const queries = useQueryClient()
  const isPaused = useLive((state) => state.isPaused)
  const sids = seen.map(({ sid }) => sid)
  const queryKey = ['people', useId(), sids]
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => readRowsOf(api, sids, signal),
    enabled: sids.length > 0,
    refetchInterval: isPaused ? false : EVERY_MS,
    gcTime: 0,
  })
  const checking = useMutation({
    mutationFn: async (of: readonly Sid[]) => {
      const now = await readRowsOf(api, sids)
      queries.setQueryData(queryKey, now)
      const asked = new Set(of)
      return replacedOf(
        seen.filter(({ sid }) => asked.has(sid)),
        now,
      )
    },
  })
  return {
    replaced: data ? replacedOf(seen, data) : [],
    isChecking: checking.isPending,
    problem: checking.error && `Who is there now could not be read: ${errorText(checking.error)}. Nothing was done.`,
    ifSame(of, act) {
      if (sids.length === 0) return act()
      checking.mutate(of, {
        onSuccess(replaced) {
          if (replaced.length === 0) act()
        },
      })
    },
  }
}
