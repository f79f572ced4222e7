'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { z } from 'zod'
import { ApiError } from '#features/api/api-error.ts'
import { AddressAdapter } from './address-adapter.tsx'

const RETRY_MS = 1_000

/** A refusal stays one; only what may have been the way there is asked again, once. */
const isWorthRetry = (failures: number, error: Error): boolean =>
  failures < 1 && error instanceof ApiError && error.failure.kind !== 'problem'

function createClient(): QueryClient {
  // The policy of the pages forbids code made of text; zod would try, and be reported, before it does without.
  z.config({ jitless: true })
  return new QueryClient({
    defaultOptions: {
      // The stream says when something changed. Old values are kept per query, never by default: a page of one session
      // must not show another's while its own are on their way.
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        retry: isWorthRetry,
        retryDelay: RETRY_MS,
        // A browser's word for "online" is no fact about the console: the stream's state is.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}

/** What the console's client parts share: the answers of the API, and the URL as state. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(createClient)
  return (
    <QueryClientProvider client={client}>
      <AddressAdapter>{children}</AddressAdapter>
    </QueryClientProvider>
  )
}
