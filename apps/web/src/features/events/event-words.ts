import type { EventItem } from '@holdfast/store/contracts'
import { visibleText } from '#ui/format/visible-text.ts'

type Told = Extract<EventItem, { kind: 'event' }>

export const EVENT_TYPES = [
  'connection.opened',
  'connection.state-changed',
  'connection.detached',
  'connection.closed',
  'divergence.found',
  'divergence.healed',
  'flush.failed',
  'ownership.moved',
  'data-gap',
] as const satisfies readonly Told['type'][]

const WORDS: Readonly<Record<Told['type'], string>> = {
  'connection.opened': 'Connected',
  'connection.state-changed': 'State changed',
  'connection.detached': 'Detached',
  'connection.closed': 'Disconnected',
  'divergence.found': 'Divergence found',
  'divergence.healed': 'Divergence healed',
  'flush.failed': 'Write failed',
  'ownership.moved': 'Ownership moved',
  'data-gap': 'Data gap',
}

export const eventWords = (type: Told['type']): string => WORDS[type]

/** Which events are trouble: they have colour, the others have none. */
export const isTrouble = (type: Told['type']): boolean =>
  type === 'divergence.found' || type === 'flush.failed' || type === 'data-gap'

/** `reason idle, transport telnet`: what the event tells, whatever that is. */
export function detailText({ detail, finding }: Told): string {
  const told = Object.entries(detail)
    .filter(([name, value]) => value !== null && value !== '' && !['player', 'playerName', 'name'].includes(name))
    .map(([name, value]) => `${name} ${String(value)}`)
  const found = finding
    ? [`${finding.cause} in ${finding.fields.map(({ name }) => name).join(', ') || 'the session'}`]
    : []
  return visibleText([...found, ...told].join(', '))
}
