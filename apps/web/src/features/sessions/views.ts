import type { LiveTick } from '@holdfast/store/contracts'

export interface SessionView {
  id: string
  label: string
  filter: string
  /** How many there are, where the stream tells; null: the list is asked. */
  countIn: ((tick: LiveTick) => number) | null
}

const ALL: SessionView = { id: 'all', label: 'All', filter: '', countIn: ({ sessions }) => sessions }

/** Views that everybody has, in the order of their tabs. */
export const VIEWS: readonly SessionView[] = [
  ALL,
  {
    id: 'attention',
    label: 'Needs attention',
    filter: 'state:drifted,missing,ghost',
    countIn: ({ counts }) => counts.drifted + counts.missing + counts.ghost,
  },
  { id: 'drifted', label: 'Drifted', filter: 'state:drifted', countIn: ({ counts }) => counts.drifted },
  { id: 'settling', label: 'Settling', filter: 'state:settling', countIn: ({ counts }) => counts.settling },
  { id: 'unknown', label: 'Unknown', filter: 'state:unknown', countIn: ({ counts }) => counts.unknown },
  { id: 'idle', label: 'Idle > 1 h', filter: 'idle:>1h', countIn: null },
  { id: 'wizards', label: 'Wizards', filter: 'flag:wizard', countIn: null },
  { id: 'new', label: 'Just connected', filter: 'connected:<5m', countIn: null },
]

export const viewOf = (id: string): SessionView => VIEWS.find((view) => view.id === id) ?? ALL

/** The view's filter with the wizard's own. */
export const filterWith = (view: SessionView, own: string): string =>
  [view.filter, own].filter((part) => part !== '').join(' ')
