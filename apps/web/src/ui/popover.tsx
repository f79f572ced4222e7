'use client'

import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { placeBeside } from './float-place.ts'

export interface PopoverProps {
  /** What it stands at. */
  anchor: RefObject<HTMLElement | null>
  onClose: () => void
  className?: string
  children: ReactNode
}

const FIRST = '[data-first], input, textarea, [role^="menuitem"], button'

/**
 * Floats at its anchor until Escape, or a press elsewhere. Its first field takes focus; its content says what it is. Focus
 * returns to where it came from: a key may have opened it from far away.
 */
export function Popover({ anchor, onClose, className = '', children }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    const box = ref.current
    const from = anchor.current
    if (!box || !from) return
    const before = document.activeElement
    box.showPopover()
    const place = (): void => {
      const { width, height } = box.getBoundingClientRect()
      const at = placeBeside(
        from.getBoundingClientRect(),
        { width, height },
        { width: innerWidth, height: innerHeight },
      )
      box.style.left = `${at.left}px`
      box.style.top = `${at.top}px`
    }
    place()
    box.querySelector<HTMLElement>(FIRST)?.focus()
    const stop = closeFromOutside(box, from, () => close.current())
    window.addEventListener('resize', place)
    return () => {
      window.removeEventListener('resize', place)
      stop()
      const hadFocus = box.contains(document.activeElement) || document.activeElement === document.body
      if (hadFocus) returnFocus(before, from)
    }
  }, [anchor])
  return (
    <div ref={ref} popover="manual" className={`popover ${className}`}>
      {children}
    </div>
  )
}

function returnFocus(before: Element | null, anchor: HTMLElement): void {
  const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body
  const target = isThere ? before : anchor.matches('button') ? anchor : anchor.querySelector('button')
  target?.focus()
}

/** The anchor's own press is not outside: it closes by itself, and would be undone. */
function closeFromOutside(box: HTMLElement, anchor: HTMLElement, close: () => void): () => void {
  const onPress = (event: Event): void => {
    const { target } = event
    if (target instanceof Node && !box.contains(target) && !anchor.contains(target)) close()
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    close()
  }
  document.addEventListener('pointerdown', onPress, true)
  document.addEventListener('keydown', onKey, true)
  return () => {
    document.removeEventListener('pointerdown', onPress, true)
    document.removeEventListener('keydown', onKey, true)
  }
}
