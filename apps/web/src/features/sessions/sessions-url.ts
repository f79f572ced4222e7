'use client'

import { parseAsString, useQueryStates } from 'nuqs'

/** What the page of sessions shows is in its address: a copied link shows the same. */
export function useSessionsUrl() {
  return useQueryStates({
    view: parseAsString.withDefault('all'),
    filter: parseAsString.withDefault('').withOptions({ limitUrlUpdates: { method: 'debounce', timeMs: 150 } }),
    sort: parseAsString.withDefault(''),
    /** The session whose sheet is open. */
    peek: parseAsString,
  })
}
