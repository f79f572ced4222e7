'use client'

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

const SheetContext = createContext<{ count: number; add: () => () => void } | null>(null)

/** Knows whether a sheet stands beside the page: the navigation makes room for it. */
export function SheetFrame({ children }: { children: ReactNode }) {
  const [count, setCount] = useState(0)
  const [add] = useState(() => () => {
    setCount((before) => before + 1)
    return () => setCount((before) => before - 1)
  })
  return <SheetContext value={{ count, add }}>{children}</SheetContext>
}

export const useIsSheetOpen = (): boolean => (useContext(SheetContext)?.count ?? 0) > 0

/** While the caller is there, a sheet is. */
export function useSheet(): void {
  const add = useContext(SheetContext)?.add
  useEffect(() => add?.(), [add])
}
