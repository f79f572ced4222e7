import type { EventItem, Events } from '@holdfast/store/contracts'

/** Events kept in the browser. */
export const EVENTS_MAX = 5_000

export interface EventList {
  /** Newest first. */
  items: readonly EventItem[]
  /** The cursor of what is older; null at the end of what the console keeps. */
  next: string | null
  /** All that came since the list was begun. */
  seen: number
}

export const NO_EVENTS: EventList = { items: [], next: null, seen: 0 }

/** Takes the newest page. Where it does not reach what is known, a gap says that events came in between. */
export function withNewest(list: EventList, page: Events): EventList {
  if (list.items.length === 0) return { items: page.items, next: page.next, seen: page.items.length }
  const known = new Set(list.items.map(({ id }) => id))
  const fresh = page.items.filter(({ id }) => !known.has(id))
  if (fresh.length === 0) return list
  const isJoined = fresh.length < page.items.length || page.next === null
  const last = fresh.at(-1)
  const gap: readonly EventItem[] =
    isJoined || !last
      ? []
      : [{ kind: 'gap', id: `hole:${last.id}`, at: last.at, reason: 'more events than this page reads came here' }]
  return {
    items: [...fresh, ...gap, ...list.items].slice(0, EVENTS_MAX),
    next: list.next,
    seen: list.seen + fresh.length,
  }
}

/** Where an event lies, as a link tells it. */
export interface EventPlace {
  partition: number
  offset: number
}

/** How far back a link's event is looked for by itself; further where its reader wants that. */
export const LOOK_BACK_EVENTS = 2_000

export const isAt = (item: EventItem, place: EventPlace | null): boolean =>
  place !== null && item.kind === 'event' && item.partition === place.partition && item.offset === place.offset

export type LinkState = 'here' | 'look' | 'older' | 'gone' | null

/**
 * What became of a link's event: it is listed (`here`), what is older has to be asked for (`look`), it is older than `upTo`
 * events (`older`), or not among all that the console has (`gone`). Null without a link, or before the first answer.
 */
export function linkedIn(list: EventList, place: EventPlace | null, upTo: number): LinkState {
  if (place === null || list.items.length === 0) return null
  if (list.items.some((item) => isAt(item, place))) return 'here'
  if (list.next === null) return 'gone'
  return list.items.length < Math.min(upTo, EVENTS_MAX) ? 'look' : 'older'
}

/** Takes the page after the last. */
export const withOlder = (list: EventList, page: Events): EventList => {
  const known = new Set(list.items.map(({ id }) => id))
  const older = page.items.filter(({ id }) => !known.has(id))
  return { ...list, items: [...list.items, ...older].slice(0, EVENTS_MAX), next: page.next }
}
