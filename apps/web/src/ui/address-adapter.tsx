'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { unstable_createAdapterProvider as createAdapterProvider, renderQueryString } from 'nuqs/adapters/custom'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { type ReactNode, startTransition } from 'react'
import { leaving } from './leaving.ts'

type UseAdapter = Parameters<typeof createAdapterProvider>[0]
type UpdateUrl = ReturnType<UseAdapter>['updateUrl']

/** How nuqs knows its own writes from navigations, at which it forgets what it has yet to write. */
const OWN_WRITE = '__nuqs__'
/** The router writes the address as well: browsers allow a hundred writes in ten seconds. */
const WRITES_PER_UPDATE = 3

/**
 * Writes what a page shows into its address. nuqs does that up to 300 ms late, and the router takes every write for a navigation:
 * it would call off one that has begun meanwhile, so that a row opened right after a change stayed shut. While the page is being
 * left, the write is therefore marked as the router's own: the address that Back returns to is right, and nothing is called off.
 */
const writeAddress: UpdateUrl = (search, options) => {
  const { origin, pathname, hash } = location
  const url = `${origin}${pathname}${renderQueryString(search)}${hash}`
  const state: unknown = leaving.isUnderWay() ? history.state : null
  startTransition(() => {
    if (options.history === 'push') history.pushState(state, OWN_WRITE, url)
    else history.replaceState(state, OWN_WRITE, url)
  })
}

const useAddress: UseAdapter = () => ({
  searchParams: useSearchParams(),
  pathname: usePathname(),
  updateUrl: writeAddress,
  rateLimitFactor: WRITES_PER_UPDATE,
  autoResetQueueOnUpdate: false,
})

const AddressProvider = createAdapterProvider(useAddress)

/** The address as state, for all pages. What nuqs does around navigations is its own adapter's, outside. */
export function AddressAdapter({ children }: { children: ReactNode }) {
  return (
    <NuqsAdapter>
      <AddressProvider>{children}</AddressProvider>
    </NuqsAdapter>
  )
}
