import type { ReactNode } from 'react'

/** The page's name. Focus goes to it on navigation (features/shell), so that a screen reader and the keyboard begin there. */
export function PageTitle({ children }: { children: ReactNode }) {
  return <h1 tabIndex={-1}>{children}</h1>
}
