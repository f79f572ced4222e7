/** Every key of the console, once: what listens, the palette and the sheet behind `?` all read this list. */
export const SHORTCUTS = [
  { id: 'palette', keys: ['mod+k'], label: 'Search or run a command', group: 'Everywhere' },
  { id: 'search', keys: ['/'], label: 'Search', group: 'Everywhere' },
  { id: 'help', keys: ['?'], label: 'This list', group: 'Everywhere' },
  { id: 'nav', keys: ['mod+b'], label: 'Fold the navigation', group: 'Everywhere' },
  { id: 'pause', keys: ['p'], label: 'Pause or go on', group: 'Everywhere' },
  { id: 'close', keys: ['escape'], label: 'Close, or clear the selection', group: 'Everywhere' },
  { id: 'link', keys: ['l'], label: 'Copy a link to what is shown', group: 'Everywhere' },
  { id: 'go-overview', keys: ['g o'], label: 'Overview', group: 'Go to' },
  { id: 'go-sessions', keys: ['g s'], label: 'Sessions', group: 'Go to' },
  { id: 'go-divergence', keys: ['g d'], label: 'Divergence', group: 'Go to' },
  { id: 'go-queues', keys: ['g q'], label: 'Queues', group: 'Go to' },
  { id: 'go-events', keys: ['g e'], label: 'Events', group: 'Go to' },
  { id: 'go-health', keys: ['g h'], label: 'Health', group: 'Go to' },
  { id: 'go-audit', keys: ['g a'], label: 'Audit', group: 'Go to' },
  { id: 'down', keys: ['j', 'arrowdown'], label: 'Next row', group: 'In a list' },
  { id: 'up', keys: ['k', 'arrowup'], label: 'Row before', group: 'In a list' },
  { id: 'open', keys: ['enter'], label: 'Open the row', group: 'In a list' },
  { id: 'peek', keys: ['space'], label: 'Peek at the row', group: 'In a list' },
  { id: 'select', keys: ['x'], label: 'Select the row', group: 'In a list' },
  { id: 'select-range', keys: ['shift+x'], label: 'Select up to the row', group: 'In a list' },
  { id: 'extend-down', keys: ['shift+arrowdown'], label: 'Select on, downwards', group: 'In a list' },
  { id: 'extend-up', keys: ['shift+arrowup'], label: 'Select on, upwards', group: 'In a list' },
  { id: 'select-all', keys: ['mod+a'], label: 'Select all in view', group: 'In a list' },
  { id: 'apply', keys: ['.'], label: 'Apply held changes', group: 'In a list' },
  { id: 'columns', keys: ['c'], label: 'Columns', group: 'In a list' },
  { id: 'filter', keys: ['f'], label: 'Filter', group: 'In a list' },
  { id: 'recheck', keys: ['r'], label: 'Re-check', group: 'Do' },
  { id: 'reconcile', keys: ['shift+r'], label: 'Reconcile', group: 'Do' },
  { id: 'boot', keys: ['b'], label: 'Boot', group: 'Do' },
  { id: 'message', keys: ['m'], label: 'Message', group: 'Do' },
  { id: 'copy-handle', keys: ['y'], label: 'Copy the handle', group: 'Do' },
  { id: 'confirm', keys: ['mod+enter'], label: 'Confirm a dialog', group: 'Do' },
  { id: 'only-differences', keys: ['d'], label: 'Only differences', group: 'In the diff' },
  { id: 'show-ignored', keys: ['i'], label: 'Show ignored ones', group: 'In the diff' },
  { id: 'next-difference', keys: ['n'], label: 'Next difference', group: 'In the diff' },
  { id: 'previous-difference', keys: ['shift+n'], label: 'Difference before', group: 'In the diff' },
] as const satisfies readonly ShortcutShape[]

interface ShortcutShape {
  id: string
  /** Any of these: a chord (`mod+k`) or two keys one after the other (`g s`). */
  keys: readonly string[]
  label: string
  group: string
}

export type Shortcut = (typeof SHORTCUTS)[number]
export type ShortcutId = Shortcut['id']
