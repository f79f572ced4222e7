import type { EventItem } from '@holdfast/store/contracts'
import { counted } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { detailText } from './event-words.ts'

type Told = Extract<EventItem, { kind: 'event' }>

/** Fewer rows than this say more one by one. */
const GROUP_FROM = 3

/** Events of one kind that one process told one after the other, none of them of a session. Newest first. */
export interface EventGroup {
  kind: 'group'
  /** The same while newer ones join it. */
  id: string
  items: readonly Told[]
}

export type EventRow = EventItem | EventGroup

const isSame = (one: EventItem, other: EventItem): boolean =>
  one.kind === 'event' &&
  other.kind === 'event' &&
  one.sid === null &&
  other.sid === null &&
  one.type === other.type &&
  one.process === other.process

/** The same events in the same order, with runs that say one thing as one row each: a start moves 64 partitions at once. */
export function groupedEvents(items: readonly EventItem[]): readonly EventRow[] {
  const runs: EventItem[][] = []
  for (const item of items) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && isSame(last, item)) run.push(item)
    else runs.push([item])
  }
  return runs.flatMap((run): readonly EventRow[] => {
    const told = run.filter((item) => item.kind === 'event')
    const oldest = told.at(-1)
    return oldest && told.length >= GROUP_FROM ? [{ kind: 'group', id: `group:${oldest.id}`, items: told }] : run
  })
}

/** `Server srv-1 took 64 partitions: 60 loaded, 4 rebuilt`. */
export function groupText({ items }: EventGroup): string {
  const [newest] = items
  if (!newest) return ''
  if (newest.type !== 'ownership.moved') return `${counted(items.length, 'time')} in a row: ${detailText(newest)}`
  const ways = Map.groupBy(items, ({ detail }) => String(detail.how ?? 'taken'))
  const partitions = new Set(items.map(({ detail }) => detail.partition)).size
  const how = [...ways].map(([way, moved]) => `${moved.length} ${way}`).join(', ')
  return `Server ${processName(newest.process)} took ${counted(partitions, 'partition')}: ${how}`
}
