'use client'

import { createSerializer, parseAsString, useQueryStates } from 'nuqs'
import { useEffect, useRef } from 'react'
import { leaving } from '#ui/leaving.ts'

/** What is shown follows at once; its address when the answer is on its way, since each write to it makes the frame think. */
const LATER = { limitUrlUpdates: { method: 'debounce', timeMs: 150 } } as const

const PARSERS = {
  view: parseAsString.withDefault('all').withOptions(LATER),
  filter: parseAsString.withDefault('').withOptions(LATER),
  sort: parseAsString.withDefault('').withOptions(LATER),
  /** The session whose sheet is open. */
  peek: parseAsString,
}
const addressOf = createSerializer(PARSERS)

/** What the page of sessions shows is in its address: a copied link shows the same, and so does Back from a row that was opened at once. */
export function useSessionsUrl() {
  const [url, setUrl] = useQueryStates(PARSERS)
  const shown = useRef(url)
  useEffect(() => {
    shown.current = url
  })
  useEffect(
    () =>
      // With the router's own mark: it is leaving already, and would call that off for this write.
      leaving.onLeave(() => history.replaceState(history.state, '', addressOf(location.href, shown.current))),
    [],
  )
  return [url, setUrl] as const
}
