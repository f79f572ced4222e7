'use client'

import { type RefObject, useEffect } from 'react'

const isLog = (element: Element | null): boolean => element?.closest('[role="log"]') != null

/** Whoever types while the page or its log has the focus means the command line. Other controls keep their keys. */
function isMeantForField({ key, ctrlKey, metaKey, altKey, isComposing }: KeyboardEvent): boolean {
  if (key.length !== 1 || key === ' ' || ctrlKey || metaKey || altKey || isComposing) return false
  return document.activeElement === document.body || isLog(document.activeElement)
}

/** A click on the game too, but not one that marks text, follows a link, or would bring up a phone's keyboard. */
function isClickForField({ target }: MouseEvent): boolean {
  if (!(target instanceof Element) || !isLog(target) || target.closest('a')) return false
  return window.getSelection()?.isCollapsed !== false && window.matchMedia('(pointer: fine)').matches
}

/** Brings the focus to the command line when it is meant; a key that is typed then arrives there. */
export function useWaysToField(field: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const focus = (): void => field.current?.focus({ preventScroll: true })
    const onKey = (event: KeyboardEvent): void => {
      if (isMeantForField(event)) focus()
    }
    const onClick = (event: MouseEvent): void => {
      if (isClickForField(event)) focus()
    }
    document.addEventListener('keydown', onKey)
    document.addEventListener('click', onClick)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('click', onClick)
    }
  }, [field])
}
