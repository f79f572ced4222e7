'use client'

import { useLive } from '#features/live/services.tsx'
import { sourceFigures } from '#features/shell/source-figures.ts'
import { timeText } from '#ui/format/time.ts'
import { wordsOf } from './filter-text.ts'
import { isMisunderstood, whyNoList } from './no-list.ts'
import type { SessionList } from './session-list.ts'
import type { SessionView } from './views.ts'

interface EmptyListProps {
  list: SessionList
  isOther: boolean
  filter: string
  view: SessionView
  error: Error | null
  onClear: () => void
}

/** Why there is no row: nobody is there, nobody matches, or nobody can tell. */
export function EmptyList({ list, isOther, filter, view, error, onClear }: EmptyListProps) {
  const tick = useLive((state) => state.tick)
  const total = list.shown?.total
  const figures = sourceFigures(tick)
  if (total === undefined && error)
    return (
      <p className="empty hatched">
        <span className="on-hatch">
          <b>Session list unavailable.</b> {whyNoList(error)}{' '}
          {isMisunderstood(error) && (
            <button type="button" className="link" onClick={onClear}>
              Clear filter and order
            </button>
          )}
        </span>
      </p>
    )
  if (total !== 0 || isOther) return null
  const heardAt = tick?.kafka.up === false && tick.sources.find(({ id }) => id === 'kafka')?.observedAt
  const gateways = figures?.find(({ id }) => id === 'gateways')
  if (filter === '' && view.filter === '') {
    if (tick?.kafka.up === false || gateways?.look === 'down')
      return (
        <p className="empty hatched">
          <span className="on-hatch">
            <b>Session list unavailable.</b> No snapshot from any gateway
            {heardAt ? ` since ${timeText(heardAt)}` : ''}.
          </span>
        </p>
      )
    return (
      <p className="empty">
        <b>No one is connected.</b> {gateways && `Gateways ${gateways.value} up.`}
      </p>
    )
  }
  return (
    <p className="empty">
      <b>Nothing matches</b>{' '}
      {wordsOf(`${view.filter} ${filter}`).map(({ raw }) => (
        <span key={raw} className="token mono mx-1 px-1.5 align-middle">
          {raw}
        </span>
      ))}{' '}
      <button type="button" className="link" onClick={onClear}>
        Clear
      </button>
    </p>
  )
}
