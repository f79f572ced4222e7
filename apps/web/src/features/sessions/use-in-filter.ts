'use client'

import type { Sid } from '@holdfast/store/contracts'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { sidsQuestion } from '#features/api/questions.ts'
import { useApi } from '#features/live/services.tsx'
import { type InFilter, inFilter } from './in-filter.ts'
import type { Selection } from './selection.ts'
import type { SessionListView } from './use-session-list.ts'

const EVERY_MS = 10_000

/** What of the selection the page's filter lets through. The console is asked only about what is not in the rows at hand. */
export function useInFilter(selection: Selection, { list, isOtherShown }: SessionListView, filter: string): InFilter {
  const api = useApi()
  const { shown } = list
  const inView = useMemo(() => new Set<Sid>(shown?.sids.values()), [shown])
  const isWhole = shown !== null && shown.sids.size >= shown.total
  const isFiltered = filter.trim() !== ''
  const isUnsure =
    selection.kind === 'some' &&
    isFiltered &&
    !isOtherShown &&
    !isWhole &&
    ![...selection.rows.keys()].every((sid) => inView.has(sid))
  const { data } = useQuery({
    queryKey: ['in-filter', filter],
    queryFn: async ({ signal }) => new Set((await api.ask({ ...sidsQuestion(filter), signal })).sids),
    enabled: isUnsure,
    refetchInterval: EVERY_MS,
    gcTime: 0,
  })
  const isIn = (sid: Sid): boolean | null => {
    if (!isFiltered) return true
    if (isOtherShown) return null // the rows at hand are those of the filter before
    return inView.has(sid) || (isWhole ? false : (data?.has(sid) ?? null))
  }
  return inFilter(selection, isIn)
}
