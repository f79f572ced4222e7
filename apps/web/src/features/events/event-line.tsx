'use client'

import type { EventItem } from '@holdfast/store/contracts'
import Link from 'next/link'
import { memo } from 'react'
import { processName } from '#ui/format/process-name.ts'
import { preciseTimeText, timeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { detailText, eventWords, isTrouble } from './event-words.ts'

/** Where an event lies, for a link to it. */
export const eventHref = ({ topic, partition, offset }: { topic: string; partition: number; offset: number }): string =>
  `/events?topic=${topic}&p=${partition}&o=${offset}`

/** One event in one line; what it tells unfolds. A gap is a line too: what came in it was not read. */
export const EventLine = memo(function EventLine({ item, isOpen = false }: { item: EventItem; isOpen?: boolean }) {
  if (item.kind === 'gap')
    return (
      <li className="event hatched">
        <span className="on-hatch">
          {timeText(item.at)} {item.reason}
        </span>
      </li>
    )
  const { at, type, sid, player, process } = item
  return (
    <li className="event" data-trouble={isTrouble(type) || undefined} data-linked={isOpen || undefined}>
      <details open={isOpen}>
        <summary>
          <time className="event-time" dateTime={at}>
            {preciseTimeText(at)}
          </time>
          <span className="event-type">{eventWords(type)}</span>
          <bdi className="event-subject">{player === null ? '' : visibleText(player)}</bdi>
          <span className="event-process" title={process}>
            {processName(process)}
          </span>
          <bdi className="event-detail">{detailText(item)}</bdi>
        </summary>
        <EventDetail item={item} sid={sid} />
      </details>
    </li>
  )
})

function EventDetail({ item, sid }: { item: Extract<EventItem, { kind: 'event' }>; sid: string | null }) {
  const { topic, partition, offset } = item
  return (
    <div className="event-more">
      <p className="flex flex-wrap gap-x-4 text-xs">
        <span className="mono text-text-3">
          {topic} {partition}/{offset}
        </span>
        <Link className="link" href={eventHref(item)}>
          Link
        </Link>
        {sid !== null && (
          <>
            <Link className="link" href={`/sessions/${sid}`}>
              Session
            </Link>
            <Link className="link" href={`/events?sid=${sid}`}>
              All of this session
            </Link>
          </>
        )}
      </p>
      <pre className="mono mt-1 whitespace-pre-wrap text-text-2 text-xs [overflow-wrap:anywhere]">
        {JSON.stringify(item, null, 2).split('\n').map(visibleText).join('\n')}
      </pre>
    </div>
  )
}
