'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** So near the end counts as there: browsers round. */
const NEAR_PX = 12

export interface Bottom {
  /** How many lines have come below what is being read; 0 at the end. */
  newBelow: number
  onScroll(): void
  goToEnd(): void
}

/** Stays at the end while the reader is there, and stays where the reader is while he is not. `nextId`: of the next line. */
export function useBottom(ref: RefObject<HTMLElement | null>, nextId: number, shown: unknown): Bottom {
  const isAtEnd = useRef(true)
  const [leftAt, setLeftAt] = useState<number | null>(null)

  const goToEnd = useCallback(() => {
    const box = ref.current
    if (box) box.scrollTop = box.scrollHeight
    isAtEnd.current = true
    setLeftAt(null)
  }, [ref])

  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of what is shown
  useLayoutEffect(() => {
    const box = ref.current
    if (box && isAtEnd.current) box.scrollTop = box.scrollHeight
  }, [shown])

  useEffect(() => {
    const box = ref.current
    if (!box) return
    // A keyboard that comes up, a line that is read in another size: the end stays in view.
    const watch = new ResizeObserver(() => {
      if (isAtEnd.current) box.scrollTop = box.scrollHeight
    })
    watch.observe(box)
    return () => watch.disconnect()
  }, [ref])

  const onScroll = (): void => {
    const box = ref.current
    if (!box) return
    isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR_PX
    setLeftAt((before) => (isAtEnd.current ? null : (before ?? nextId)))
  }

  return { newBelow: leftAt === null ? 0 : nextId - leftAt, onScroll, goToEnd }
}
