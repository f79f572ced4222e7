import { type EventItem, type ShownEvent, type Sid, shownEventSchema } from '../contracts/index.ts'
import { decode } from '../kafka/envelope.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import { TOPICS } from '../kafka/topics.ts'
import { isoOf } from './iso.ts'

export const EVENTS_KEPT = 50_000
/** Dropped at once when the ring is full, so that the array is not moved for each event. */
const DROPPED_AT_ONCE = 2_500
export const EVENTS_PER_PAGE_MAX = 1_000

export interface EventQuery {
  /** Any of these; empty for all. */
  types?: readonly string[]
  sid?: Sid
  /** The process that told it. */
  process?: string
  /** A dbref or a part of a name. */
  player?: string
  /** A part of anything that the event tells. */
  text?: string
  /** `next` of the page before. */
  before?: string
  limit?: number
}

interface Kept {
  sequence: number
  item: EventItem
  /** All that it tells, in lower case. */
  text: string
}

export interface EventRing {
  /** Takes a record of `holdfast.events`; repeats (the same cause) are passed over. Returns what was new. */
  apply(record: LogRecord): ShownEvent | null
  /** What came now for a while was not read. */
  gap(at: number, reason: string): void
  /** Everything that was there at the start has come, partition after partition: put in the order of time. */
  settle(): void
  page(query: EventQuery): { items: EventItem[]; next: string | null }
  readonly size: number
  readonly unreadable: number
}

/** The last events, newest first. `playerOf`: whom a session belongs to, for an event that does not tell. */
export function createEventRing(playerOf: (sid: Sid) => string | null): EventRing {
  let kept: Kept[] = []
  const told = new Set<string>()
  let sequence = 0
  let unreadable = 0

  const keep = (item: EventItem, text: string): void => {
    kept.push({ sequence: ++sequence, item, text })
    told.add(identityOf(item))
    if (kept.length <= EVENTS_KEPT) return
    for (const { item: dropped } of kept.splice(0, DROPPED_AT_ONCE)) told.delete(identityOf(dropped))
  }

  return {
    apply({ partition, offset, value }) {
      const decoded = decode(shownEventSchema, value)
      if (!decoded.ok) {
        unreadable++
        return null
      }
      const event = decoded.value
      const item = itemOf(event, partition, offset, playerOf)
      if (told.has(identityOf(item))) return null
      keep(item, textOf(event))
      return event
    },
    gap(at, reason) {
      keep({ kind: 'gap', id: `gap:${sequence}`, at: isoOf(at), reason }, reason.toLowerCase())
    },
    settle() {
      kept.sort((a, b) => (a.item.at < b.item.at ? -1 : a.item.at > b.item.at ? 1 : a.sequence - b.sequence))
      kept = kept.map((each, at) => ({ ...each, sequence: at + 1 }))
      sequence = kept.length
    },
    page(query) {
      const limit = Math.min(query.limit ?? 200, EVENTS_PER_PAGE_MAX)
      const matches = matcherOf(query)
      const before = query.before === undefined ? Number.POSITIVE_INFINITY : Number(query.before)
      const items: EventItem[] = []
      for (let at = kept.length - 1; at >= 0; at--) {
        const each = kept[at]
        if (!each || each.sequence >= before || !matches(each)) continue
        if (items.length === limit) return { items, next: String(each.sequence + 1) }
        items.push(each.item)
      }
      return { items, next: null }
    },
    get size() {
      return kept.length
    },
    get unreadable() {
      return unreadable
    },
  }
}

/** An auditor tells of the same finding again when it has become another: under the same id. */
const identityOf = (item: EventItem): string =>
  item.kind === 'event' && item.finding ? `${item.id} ${JSON.stringify(item.finding)}` : item.id

function itemOf(
  { id, at, type, sid, from, detail, finding }: ShownEvent,
  partition: number,
  offset: number,
  playerOf: (sid: Sid) => string | null,
): EventItem {
  return {
    kind: 'event',
    id,
    at: isoOf(at),
    type,
    sid,
    player: playerIn(detail) ?? (sid === null ? null : playerOf(sid)),
    process: from,
    detail,
    finding: finding ?? null,
    topic: TOPICS.events,
    partition,
    offset,
  }
}

function playerIn(detail: ShownEvent['detail']): string | null {
  const { player, playerName, name } = detail
  const told = [player, playerName ?? name].filter((each) => typeof each === 'string' && each !== '')
  return told.length > 0 ? told.join(' ') : null
}

const textOf = ({ id, type, sid, from, detail }: ShownEvent): string =>
  [id, type, sid ?? '', from, ...Object.values(detail)].join(' ').toLowerCase()

/** A gap is shown whatever is looked for: what was looked for may have been in it. */
function matcherOf({ types = [], sid, process, player, text }: EventQuery): (kept: Kept) => boolean {
  const wanted = text?.toLowerCase()
  const whom = player?.toLowerCase()
  return ({ item, text: all }) => {
    if (item.kind === 'gap') return true
    if (types.length > 0 && !types.includes(item.type)) return false
    if (sid !== undefined && item.sid !== sid) return false
    if (process !== undefined && item.process !== process) return false
    if (whom !== undefined && !isPlayer(item.player, whom)) return false
    return wanted === undefined || all.includes(wanted) || (item.player?.toLowerCase().includes(wanted) ?? false)
  }
}

function isPlayer(player: string | null, wanted: string): boolean {
  const known = player?.toLowerCase() ?? ''
  return wanted.startsWith('#') ? known.split(' ')[0] === wanted : known.includes(wanted)
}
