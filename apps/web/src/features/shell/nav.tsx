'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useLive } from '#features/live/services.tsx'
import type { LiveState } from '#features/live/stream-state.ts'
import { badgeText, counted } from '#ui/format/number.ts'
import { Icon, Mark } from '#ui/icon.tsx'
import { type ConsolePage, isOn, PAGES, SETTINGS } from './pages.ts'

const wrongOf = ({ tick }: LiveState): number =>
  tick ? tick.counts.drifted + tick.counts.missing + tick.counts.ghost : 0
const deadOf = ({ tick }: LiveState): number => tick?.queues.dead ?? 0

/** All pages, with how many things wait on them. */
export function Nav() {
  const path = usePathname()
  const wrong = useLive(wrongOf)
  const dead = useLive(deadOf)
  const countOf = ({ href }: ConsolePage) => {
    if (href === '/divergence' && wrong > 0) return <Count count={wrong} look="hot" words={counted(wrong, 'session')} />
    if (href === '/queues' && dead > 0) return <Count count={dead} look="dead" words={counted(dead, 'dead letter')} />
    return null
  }
  return (
    <nav className="nav" aria-label="Console">
      <div className="brand">
        <Mark />
        <span>Holdfast</span>
      </div>
      <ul>
        {PAGES.map((page) => (
          <NavItem key={page.href} page={page} isCurrent={isOn(page, path)}>
            {countOf(page)}
          </NavItem>
        ))}
      </ul>
      <hr />
      <ul>
        <NavItem page={SETTINGS} isCurrent={isOn(SETTINGS, path)} />
      </ul>
    </nav>
  )
}

function NavItem(props: { page: ConsolePage; isCurrent: boolean; children?: React.ReactNode }) {
  const { page, isCurrent, children } = props
  return (
    <li>
      <Link href={page.href} className="nav-link" aria-current={isCurrent ? 'page' : undefined} title={page.label}>
        <Icon name={page.icon} />
        <span className="nav-name">{page.label}</span>
        {children}
      </Link>
    </li>
  )
}

function Count({ count, look, words }: { count: number; look: 'hot' | 'dead'; words: string }) {
  return (
    <>
      <span className="nav-count" data-look={look} aria-hidden="true">
        {badgeText(count)}
      </span>
      <span className="sr-only">, {words}</span>
    </>
  )
}
