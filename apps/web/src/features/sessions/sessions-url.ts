'use client'

import { parseAsString, useQueryStates } from 'nuqs'

/** What is shown follows at once; its address when the answer is on its way, since each write to it makes the frame think. */
const LATER = { limitUrlUpdates: { method: 'debounce', timeMs: 150 } } as const

/** What the page of sessions shows is in its address: a copied link shows the same. */
export function useSessionsUrl() {
  return useQueryStates({
    view: parseAsString.withDefault('all').withOptions(LATER),
    filter: parseAsString.withDefault('').withOptions(LATER),
    sort: parseAsString.withDefault('').withOptions(LATER),
    /** The session whose sheet is open. */
    peek: parseAsString,
  })
}
