/** The console's pages, in the order of the navigation. */
export const PAGES = [
  { href: '/', label: 'Overview' },
  { href: '/sessions', label: 'Sessions' },
  { href: '/divergence', label: 'Divergence' },
  { href: '/queues', label: 'Queues' },
  { href: '/events', label: 'Events' },
  { href: '/health', label: 'Health' },
  { href: '/audit', label: 'Audit' },
  { href: '/settings', label: 'Settings' },
] as const
