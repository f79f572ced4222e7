'use client'

import { beatsOf } from '#features/live/history.ts'
import { useHistory, useNow } from '#features/live/services.tsx'

const SECONDS = 60

/** How a process was heard in each of the last sixty seconds, as this page saw it. */
export function Beats({ id }: { id: string }) {
  const samples = useHistory()
  const now = useNow()
  const beats = beatsOf(samples, id, now, SECONDS)
  const missed = beats.filter((beat) => beat === 'dead').length
  const unseen = beats.filter((beat) => beat === 'unseen').length
  const words = [
    `${SECONDS - unseen} s seen`,
    missed > 0 ? `silent for ${missed} of them` : 'none missed',
    unseen > 0 ? `${unseen} s before this page was open` : '',
  ]
  return (
    <span className="beats" role="img" aria-label={words.filter((part) => part !== '').join(', ')}>
      {beats.map((beat, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a second's place is what it is
        <span key={index} data-beat={beat === 'fresh' ? undefined : beat} />
      ))}
    </span>
  )
}
