import Link from 'next/link'
import type { ReactNode } from 'react'
import { PAGES } from './pages.ts'

/** Navigation and the frame around every page of the console. */
export function Shell({ wizard, children }: { wizard: { name: string; dbref: string }; children: ReactNode }) {
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <header className="flex items-center gap-4 border-line border-b bg-surface-0 px-4 py-2">
        <nav aria-label="Console">
          <ul className="flex gap-4">
            {PAGES.map(({ href, label }) => (
              <li key={href}>
                <Link href={href}>{label}</Link>
              </li>
            ))}
          </ul>
        </nav>
        <form action="/api/auth/sign-out" method="post" className="ms-auto flex gap-2">
          <bdi>{wizard.name}</bdi>
          <button type="submit">Sign out</button>
        </form>
      </header>
      <main id="main" tabIndex={-1} className="p-4">
        {children}
      </main>
    </>
  )
}
