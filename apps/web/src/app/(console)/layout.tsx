import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { Shell } from '#features/shell/shell.tsx'
import { firstTick, signInPath, visitor } from '#server/page.ts'
import { QueryProvider } from '#ui/query-provider.tsx'

/** Every page of the console: only for a wizard who is signed in. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const wizard = await visitor()
  if (wizard === null) redirect(await signInPath())
  return (
    <QueryProvider>
      <Shell wizard={wizard} firstTick={firstTick()}>
        {children}
      </Shell>
    </QueryProvider>
  )
}
