import type { Metadata } from 'next'
import { EnvironmentBadge } from '#features/shell/environment-badge.tsx'
import { Mark } from '#ui/icon.tsx'

export const metadata: Metadata = { title: 'No such page' }

/** For an address that names no page: Next's own has styles that the policy of the pages does not let in. */
export default function NotFound() {
  return (
    <main id="main" className="mx-auto grid max-w-[36rem] content-center gap-4 px-6 py-16">
      <div className="brand">
        <Mark />
        <span>Holdfast</span>
        <span className="ms-auto">
          <EnvironmentBadge />
        </span>
      </div>
      <h1 className="font-medium text-base">No such page</h1>
      <p className="text-text-2">The console has nothing at this address. It may be mistyped, or of an older build.</p>
      <p className="flex gap-4">
        <a className="link" href="/">
          Overview
        </a>
        <a className="link" href="/play">
          Play
        </a>
      </p>
    </main>
  )
}
