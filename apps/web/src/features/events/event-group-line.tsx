'use client'

import { useState } from 'react'
import { processName } from '#ui/format/process-name.ts'
import { preciseTimeText } from '#ui/format/time.ts'
import { type EventGroup, groupText } from './event-groups.ts'
import { EventLine } from './event-line.tsx'
import { eventWords, isTrouble } from './event-words.ts'

interface EventGroupLineProps {
  group: EventGroup
  /** Of one of its events: where that is what was looked for, it is unfolded. */
  isLinked: (item: EventGroup['items'][number]) => boolean
}

/** Many events that say one thing, in one line; each of them unfolds. */
export function EventGroupLine({ group, isLinked }: EventGroupLineProps) {
  const hasLinked = group.items.some(isLinked)
  const [isOpen, setIsOpen] = useState(hasLinked)
  const [hadLinked, setHadLinked] = useState(hasLinked)
  // It may come with what is older, when this line is there already.
  if (hasLinked !== hadLinked) {
    setHadLinked(hasLinked)
    if (hasLinked) setIsOpen(true)
  }
  const [newest] = group.items
  if (!newest) return null
  const { at, type, process } = newest
  return (
    <li className="event" data-trouble={isTrouble(type) || undefined}>
      <details open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary>
          <time className="event-time" dateTime={at}>
            {preciseTimeText(at)}
          </time>
          <span className="event-type">{eventWords(type)}</span>
          <span className="event-subject" />
          <span className="event-process" title={process}>
            {processName(process)}
          </span>
          <bdi className="event-detail">{groupText(group)}</bdi>
        </summary>
        {isOpen && (
          <ol className="event-group" aria-label={groupText(group)}>
            {group.items.map((item) => (
              <EventLine key={item.id} item={item} isOpen={isLinked(item)} />
            ))}
          </ol>
        )}
      </details>
    </li>
  )
}
