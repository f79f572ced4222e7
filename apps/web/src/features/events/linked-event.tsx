'use client'

import { useEffect, useRef, useState } from 'react'
import { counted } from '#ui/format/number.ts'
import { Icon } from '#ui/icon.tsx'
import {
  EVENTS_MAX,
  type EventList,
  type EventPlace,
  type LinkState,
  LOOK_BACK_EVENTS,
  linkedIn,
} from './event-list.ts'

/** Rows of a page that is only looked through. */
const LOOK_PAGE = 1_000

interface Listed {
  list: EventList
  /** Asks for so many older events. */
  older: (limit: number) => void
  isOlderAsked: boolean
}

/** Looks for a link's event in what is older, so far back; `lookOn` goes as far again. A page that does not come is asked for once. */
export function useLinked({ list, older, isOlderAsked }: Listed, place: EventPlace | null) {
  const [upTo, setUpTo] = useState(LOOK_BACK_EVENTS)
  const [askedFrom, setAskedFrom] = useState<string | null>(null)
  const state = linkedIn(list, place, upTo)
  const { next } = list
  const latest = useRef(older)
  useEffect(() => {
    latest.current = older
  })
  const isToAsk = state === 'look' && !isOlderAsked && next !== askedFrom
  useEffect(() => {
    if (!isToAsk) return
    setAskedFrom(next)
    latest.current(LOOK_PAGE)
  }, [isToAsk, next])
  useEffect(() => {
    if (state === 'here') document.querySelector('.event[data-linked]')?.scrollIntoView({ block: 'nearest' })
  }, [state])
  const hasFailed = state === 'look' && !isOlderAsked && !isToAsk
  return {
    state: hasFailed ? 'older' : state,
    lookOn() {
      setAskedFrom(null)
      setUpTo(list.items.length + LOOK_BACK_EVENTS)
    },
  } as const
}

interface LinkedProps {
  state: LinkState
  lookOn: () => void
  listed: number
  isFiltered: boolean
  onClear: () => void
}

/** What became of the event that the link is for, where it is not in the list. */
export function Linked({ state, lookOn, listed, isFiltered, onClear }: LinkedProps) {
  if (state === null || state === 'here') return null
  return (
    <p className="note px-6 py-2 max-lg:px-4" role="status">
      <Icon name="info" />
      <span>
        {state === 'look' && 'The linked event is older than what is listed: looking for it.'}
        {state === 'older' && `The linked event is older than the ${counted(listed, 'event')} listed here. `}
        {state === 'older' && listed < EVENTS_MAX && (
          <button type="button" className="link" onClick={lookOn}>
            Look further
          </button>
        )}
        {state === 'gone' &&
          (isFiltered
            ? 'The linked event is not among those that match. '
            : 'The linked event is not among those that the console still has.')}
        {state === 'gone' && isFiltered && (
          <button type="button" className="link" onClick={onClear}>
            Show all
          </button>
        )}
      </span>
    </p>
  )
}
