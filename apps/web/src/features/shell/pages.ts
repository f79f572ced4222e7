import type { ShortcutId } from '#features/keyboard/shortcuts.ts'
import type { IconName } from '#ui/icon.tsx'

export interface ConsolePage {
  href: string
  label: string
  icon: IconName
  shortcut: ShortcutId | null
}

/** The console's pages, in the order of the navigation. */
export const PAGES: readonly ConsolePage[] = [
  { href: '/', label: 'Overview', icon: 'overview', shortcut: 'go-overview' },
  { href: '/sessions', label: 'Sessions', icon: 'sessions', shortcut: 'go-sessions' },
  { href: '/divergence', label: 'Divergence', icon: 'drifted', shortcut: 'go-divergence' },
  { href: '/queues', label: 'Queues', icon: 'queues', shortcut: 'go-queues' },
  { href: '/events', label: 'Events', icon: 'events', shortcut: 'go-events' },
  { href: '/health', label: 'Health', icon: 'health', shortcut: 'go-health' },
  { href: '/audit', label: 'Audit', icon: 'audit', shortcut: 'go-audit' },
]

/** Beside the pages, for it shows nothing of the game. */
export const SETTINGS: ConsolePage = { href: '/settings', label: 'Settings', icon: 'settings', shortcut: null }

/** Whether the path is the page's, or of something in it. */
export const isOn = ({ href }: ConsolePage, path: string): boolean =>
  path === href || (href !== '/' && path.startsWith(`${href}/`))
