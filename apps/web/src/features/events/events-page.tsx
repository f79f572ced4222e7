'use client'

import type { EventItem } from '@holdfast/store/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs'
import { useEffect, useMemo, useRef, useState } from 'react'
import { errorText } from '#features/api/api-error.ts'
import { eventsQuestion } from '#features/api/questions.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useApi, useLive, useNow } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { download } from '#features/sessions/export-rows.ts'
import { useToast } from '#features/toasts/toasts.tsx'
import { Button } from '#ui/button.tsx'
import { counted, countText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { AsOf, PageHead, PauseButton } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { EventGroupLine } from './event-group-line.tsx'
import { groupedEvents } from './event-groups.ts'
import { EventLine } from './event-line.tsx'
import { isAt, NO_EVENTS, withNewest, withOlder } from './event-list.ts'
import { EVENT_TYPES, eventWords } from './event-words.ts'
import { Linked, useLinked } from './linked-event.tsx'
import { unheardSince } from './unheard.ts'

const PAGE = 200
const SAID_EVERY_MS = 10_000

/** What happens, newest first. */
export function EventsPage() {
  const [url, setUrl] = useQueryStates({
    type: parseAsString.withDefault(''),
    sid: parseAsString.withDefault(''),
    process: parseAsString.withDefault(''),
    player: parseAsString.withDefault(''),
    text: parseAsString.withDefault(''),
    topic: parseAsString,
    p: parseAsInteger,
    o: parseAsInteger,
  })
  const { topic: _, p, o, ...asked } = url
  const place = useMemo(() => (p === null || o === null ? null : { partition: p, offset: o }), [p, o])
  const key = JSON.stringify(asked)
  const events = useEvents(asked, key)
  const { list, page, error, refetch, older, isOlderAsked } = events
  const linked = useLinked(events, place)
  const isLinked = (item: EventItem): boolean => isAt(item, place)
  const isFiltered = Object.values(asked).some((value) => value !== '')
  const field = useRef<HTMLInputElement>(null)
  useShortcut('search', () => field.current?.focus())
  useShortcut('filter', () => field.current?.focus())
  const showAll = (): void => void setUrl({ type: '', sid: '', process: '', player: '', text: '' })
  const clear = (): void => void setUrl({ type: '', sid: '', process: '', player: '', text: '', p: null, o: null })
  return (
    <>
      <PageHead
        title="Events"
        about={<span className="text-text-3 text-xs tabular-nums">{countText(list.items.length)} shown</span>}
      >
        <AsOf at={page?.asOf} />
        <PauseButton />
        <span className="max-lg:hidden">
          <Button
            icon="export"
            onClick={() =>
              download(
                'events.ndjson',
                list.items.map((item) => JSON.stringify(item)).join('\n'),
                'application/x-ndjson',
              )
            }
          >
            Export
          </Button>
        </span>
      </PageHead>
      <div className="bar flex-wrap">
        <input
          ref={field}
          className="input max-w-80"
          aria-label="Text in an event"
          placeholder="text, a player, an id"
          value={url.text}
          onChange={({ target }) => void setUrl({ text: target.value })}
        />
        <select
          className="input w-auto"
          aria-label="Kind of event"
          value={url.type}
          onChange={({ target }) => void setUrl({ type: target.value })}
        >
          <option value="">every kind</option>
          {EVENT_TYPES.map((type) => (
            <option key={type} value={type}>
              {eventWords(type)}
            </option>
          ))}
        </select>
        <ProcessChoice value={url.process} onChange={(process) => void setUrl({ process })} />
        {url.sid !== '' && (
          <span className="token">
            <button type="button" aria-label="Remove the session" onClick={() => void setUrl({ sid: '' })}>
              <i>session:</i>
              {url.sid} ×
            </button>
          </span>
        )}
        {isFiltered && (
          <Button look="bare" onClick={clear}>
            Clear
          </Button>
        )}
      </div>
      <QueryProblem what="Events" error={error} shownAsOf={page?.asOf} onRetry={refetch} />
      {page?.items.length === 0 && list.items.length === 0 && (
        <p className="empty">
          {isFiltered ? (
            <>
              <b>Nothing matches.</b> Of {counted(0, 'event')} kept.{' '}
            </>
          ) : (
            <b>Nothing has happened since the console was started.</b>
          )}
        </p>
      )}
      <Linked {...linked} listed={list.items.length} isFiltered={isFiltered} onClear={showAll} />
      <NothingHeard items={list.items} />
      <ol className="events" aria-label="Events, newest first">
        {groupedEvents(list.items).map((row) =>
          row.kind === 'group' ? (
            <EventGroupLine key={row.id} group={row} isLinked={isLinked} />
          ) : (
            <EventLine key={row.id} item={row} isOpen={isLinked(row)} />
          ),
        )}
      </ol>
      {list.next !== null && (
        <p className="section">
          <Button off={isOlderAsked ? 'On its way' : null} onClick={() => older()}>
            Older events
          </Button>
        </p>
      )}
      <Summary seen={list.seen} />
    </>
  )
}

/** While Kafka is away the list is not wrong, but it is not all. */
function NothingHeard({ items }: { items: readonly EventItem[] }) {
  const unheard = unheardSince(
    useLive(({ tick }) => tick),
    items,
  )
  const isAlive = useNow() > 0
  if (!unheard) return null
  const { since } = unheard
  return (
    <p className="empty hatched">
      <span className="on-hatch">
        <b>Nothing is heard{since !== null && isAlive && ` since ${timeText(since)}`}.</b> What happens until Kafka
        answers is read then.
      </span>
    </p>
  )
}

function ProcessChoice({ value, onChange }: { value: string; onChange: (process: string) => void }) {
  const ids = useLive(({ tick }) => (tick?.sources ?? []).map(({ id }) => id).join(' '))
  const processes = ids.split(' ').filter((id) => id !== '' && id !== 'redis' && id !== 'kafka')
  return (
    <select
      className="input w-auto"
      aria-label="Process"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      <option value="">every process</option>
      {[...new Set([...processes, ...(value === '' ? [] : [value])])].map((id) => (
        <option key={id}>{id}</option>
      ))}
    </select>
  )
}

/** The newest events as they come, and older ones as they are asked for; begun anew with each filter. */
function useEvents(asked: Record<string, string>, key: string) {
  const { data, error, refetch } = useAnswer(eventsQuestion({ ...asked, limit: PAGE }), { everyMs: 1_000 })
  const [state, setState] = useState({ key, list: NO_EVENTS })
  const [isOlderAsked, setIsOlderAsked] = useState(false)
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  useEffect(() => {
    if (data) setState((before) => ({ key, list: withNewest(before.key === key ? before.list : NO_EVENTS, data) }))
  }, [data, key])
  const list = state.key === key ? state.list : NO_EVENTS
  const older = (limit = PAGE): void => {
    if (list.next === null) return
    setIsOlderAsked(true)
    const question = eventsQuestion({ ...asked, before: list.next, limit })
    queries
      .fetchQuery({ queryKey: [question.path], queryFn: ({ signal }) => api.ask({ ...question, signal }), gcTime: 0 })
      .then((page) => setState((before) => (before.key === key ? { key, list: withOlder(before.list, page) } : before)))
      .catch((error: unknown) => toast({ look: 'bad', text: `Older events: ${errorText(error)}.` }))
      .finally(() => setIsOlderAsked(false))
  }
  return { list, page: data, error, refetch: () => void refetch(), older, isOlderAsked }
}

/** Said aloud no more often than each ten seconds: how many came. */
function Summary({ seen }: { seen: number }) {
  const [said, setSaid] = useState({ at: seen, text: '' })
  const latest = useRef(seen)
  useEffect(() => {
    latest.current = seen
  })
  useEffect(() => {
    const timer = setInterval(
      () =>
        setSaid((before) => {
          const count = latest.current - before.at
          return { at: latest.current, text: count > 0 ? counted(count, 'new event') : '' }
        }),
      SAID_EVERY_MS,
    )
    return () => clearInterval(timer)
  }, [])
  return (
    <p className="sr-only" role="status">
      {said.text}
    </p>
  )
}
