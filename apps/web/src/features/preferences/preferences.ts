'use client'

import { useSyncExternalStore } from 'react'
import { z } from 'zod'

/** One thing that this browser remembers of how its wizard likes the console. Nothing secret, and nothing leaves the browser. */
export interface Preference<T> {
  readonly name: string
  /** The same value for the same text, for React asks again and again. */
  parse(text: string | null): T
  readonly initial: T
}

function preference<S extends z.ZodType>(name: string, schema: S, initial: z.infer<S>): Preference<z.infer<S>> {
  let last: { text: string | null; value: z.infer<S> } = { text: null, value: initial }
  return {
    name: `holdfast:${name}`,
    initial,
    parse(text) {
      if (text === last.text) return last.value
      const found = schema.safeParse(jsonOf(text))
      last = { text, value: found.success ? found.data : initial }
      return last.value
    },
  }
}

/** The navigation shows drawings only. */
export const RAIL = preference('rail', z.boolean(), false)
/** Keys that are a single letter do nothing (WCAG 2.1.4). */
export const SINGLE_KEYS_OFF = preference('single-keys-off', z.boolean(), false)
/** Commands are off until this is taken away again. */
export const LOCKED = preference('locked', z.boolean(), false)
export const DENSITY = preference('density', z.enum(['compact', 'comfortable']), 'compact')
/** Columns of the list of sessions as its column-layout.ts has them; null: as the product has them. */
export const COLUMNS = preference('columns', z.string().nullable(), null)

const CHANGED = 'holdfast:preference'

function read(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null // a browser that keeps nothing: everything is as at the start
  }
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined // of another build, or by hand: as at the start
  }
}

/** Keeps it, and tells whoever shows it. */
export function setPreference<T>({ name }: Preference<T>, value: T): void {
  try {
    localStorage.setItem(name, JSON.stringify(value))
  } catch {
    return // nothing is kept in this browser
  }
  window.dispatchEvent(new Event(CHANGED))
}

function subscribe(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener)
  window.addEventListener('storage', listener)
  return () => {
    window.removeEventListener(CHANGED, listener)
    window.removeEventListener('storage', listener)
  }
}

/** The value, also when another tab changes it, and what sets it. */
export function usePreference<T>(wanted: Preference<T>): [T, (value: T) => void] {
  const value = useSyncExternalStore(
    subscribe,
    () => wanted.parse(read(wanted.name)),
    () => wanted.initial,
  )
  return [value, (next) => setPreference(wanted, next)]
}
