import type { ReactNode } from 'react'

/** One idea, one drawing: a state's shape tells it without colour. 16 x 16, drawn in lines. */
const ICONS = {
  'in-sync': <path d="M3 8.6l3.3 3.2L13 4.6" />,
  settling: <path d="M4 2.2h8M4 13.8h8M5.2 2.4v2.3L8 8l2.8-3.3V2.4M5.2 13.6v-2.3L8 8l2.8 3.3v2.3" />,
  drifted: <path d="M3 5.9h10M3 10.1h10M10.6 2.8L5.4 13.2" />,
  missing: <circle cx="8" cy="8" r="5.6" strokeDasharray="2.5 1.9" />,
  ghost: (
    <>
      <circle cx="8" cy="5" r="2.6" strokeDasharray="1.1 1.6" />
      <path d="M2.9 13.6c.3-3 2.3-4.6 5.1-4.6s4.8 1.6 5.1 4.6z" strokeDasharray="1.1 1.7" />
    </>
  ),
  unknown: <path d="M5.2 5.6A2.8 2.8 0 0 1 8 3c1.6 0 2.8 1 2.8 2.5 0 2-2.8 2.2-2.8 4.2M8 13v.1" />,
  ignored: (
    <path d="M2 2l12 12M6.5 3.6A6 6 0 0 1 8 3.4c3.2 0 5.4 2.6 6.3 4.6-.4.9-1 1.8-1.9 2.6M4.3 5C3 5.9 2.2 7.1 1.7 8c.9 2 3.1 4.6 6.3 4.6 1.1 0 2-.3 2.9-.7" />
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="M8 4.8V8l2.2 1.5" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="M10.2 10.2L13.5 13.5" />
    </>
  ),
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  resume: <path d="M5 3.5v9l7-4.5z" />,
  columns: (
    <>
      <rect x="2.5" y="3" width="11" height="10" rx="1" />
      <path d="M6.2 3v10M9.8 3v10" />
    </>
  ),
  density: <path d="M2.5 4h11M2.5 8h11M2.5 12h11" />,
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </>
  ),
  unlock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0" />
    </>
  ),
  down: <path d="M4 6l4 4 4-4" />,
  up: <path d="M4 10l4-4 4 4" />,
  left: <path d="M10 4l-4 4 4 4" />,
  right: <path d="M6 4l4 4-4 4" />,
  narrower: <path d="M1.8 8h4.4M4 5.8L6.2 8 4 10.2M14.2 8H9.8M12 5.8L9.8 8l2.2 2.2M8 3v10" />,
  wider: <path d="M5.6 8H1.2M3.4 5.8L1.2 8l2.2 2.2M10.4 8h4.4M12.6 5.8L14.8 8l-2.2 2.2M8 3v10" />,
  pin: <path d="M3 2.5v11M6 8h7.5M9 5L6 8l3 3" />,
  arrow: <path d="M2.5 8h11M9.5 4l4 4-4 4" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  more: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth="2.2" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  recheck: <path d="M13 8a5 5 0 1 1-1.5-3.6M13.2 2.6v2.6h-2.6" />,
  boot: <path d="M6.5 3H3v10h3.5M7 8h6.5M10.8 5.2L13.5 8l-2.7 2.8" />,
  message: <path d="M2.5 3.5h11v7.5H7l-3 2.5V11H2.5z" />,
  export: <path d="M8 2.5v7M5 7l3 3 3-3M3 13.2h10" />,
  warning: <path d="M8 2.6L14 13H2zM8 6.5v3M8 11.2v.1" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="M8 7.4v3.4M8 5v.1" />
    </>
  ),
  overview: <path d="M2.5 13.5V9M6.2 13.5v-11M9.8 13.5V6.5M13.5 13.5V4" />,
  sessions: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.2" />
      <path d="M4.8 6.2L6.8 8l-2 1.8M8.5 10h2.7" />
    </>
  ),
  queues: <path d="M2.5 3.5h11v3h-11zM2.5 9.5h11v3h-11z" />,
  events: <path d="M1.8 8h2.7l2-4.5 3 9 2-4.5h2.7" />,
  health: (
    <>
      <circle cx="3.5" cy="8" r="1.7" />
      <circle cx="12.5" cy="3.8" r="1.7" />
      <circle cx="12.5" cy="12.2" r="1.7" />
      <path d="M5 7.2l6-2.7M5 8.8l6 2.7" />
    </>
  ),
  audit: <path d="M4 2.5h8v11H4zM6.3 5.5h3.4M6.3 8h3.4M6.3 10.5h2" />,
  settings: (
    <>
      <path d="M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6" />
      <circle cx="10" cy="5" r="1.5" />
      <circle cx="6" cy="11" r="1.5" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor" />
    </>
  ),
  link: (
    <path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8" />
  ),
} as const satisfies Record<string, ReactNode>

export type IconName = keyof typeof ICONS

/** A drawing beside a word that says the same: hidden from screen readers. */
export function Icon({ name, size }: { name: IconName; size?: 's' | 'xs' }) {
  return (
    <svg className="icon" data-size={size} viewBox="0 0 16 16" aria-hidden="true">
      {ICONS[name]}
    </svg>
  )
}

/** One stipe and three roots. */
export function Mark() {
  return (
    <svg viewBox="0 0 18 20" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <path d="M9 1.2v8M9 9.2C9 13 3 12.6 2.2 18.5M9 9.2v9.3M9 9.2c0 3.8 6 3.4 6.8 9.3" />
    </svg>
  )
}
