'use client'

import { useSyncExternalStore } from 'react'

export const TEXT_SIZES = ['small', 'normal', 'large', 'largest'] as const
export type TextSize = (typeof TEXT_SIZES)[number]

/** How this browser's player likes the client. Nothing secret, and nothing leaves the browser. */
export interface PlaySettings {
  textSize: TextSize
  /** Own lines are shown where they were sent. */
  echo: boolean
  /** What is new is read out in whole batches, without what is only drawn. */
  screenReader: boolean
}

export const INITIAL_SETTINGS: PlaySettings = { textSize: 'normal', echo: true, screenReader: false }

const KEY = 'holdfast:play'
const listeners = new Set<() => void>()
/** What was set in a browser that keeps nothing lasts as long as the page. */
let kept: { text: string | null; settings: PlaySettings } = { text: null, settings: INITIAL_SETTINGS }

/** What is kept, as far as it can be understood. */
export function settingsOf(text: string | null): PlaySettings {
  const found = recordOf(text)
  const boolean = (name: 'echo' | 'screenReader'): boolean => {
    const value = found[name]
    return typeof value === 'boolean' ? value : INITIAL_SETTINGS[name]
  }
  return {
    textSize: TEXT_SIZES.find((size) => size === found.textSize) ?? INITIAL_SETTINGS.textSize,
    echo: boolean('echo'),
    screenReader: boolean('screenReader'),
  }
}

function recordOf(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = text === null ? null : JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {} // of another build, or by hand: as at the start
  }
}

export function readSettings(): PlaySettings {
  let text: string | null
  try {
    text = localStorage.getItem(KEY)
  } catch {
    return kept.settings // a browser that keeps nothing
  }
  if (text !== null && text !== kept.text) kept = { text, settings: settingsOf(text) }
  return kept.settings
}

export function changeSettings(change: Partial<PlaySettings>): void {
  const settings = { ...readSettings(), ...change }
  const text = JSON.stringify(settings)
  kept = { text, settings }
  try {
    localStorage.setItem(KEY, text)
  } catch {
    // It holds until the page is left, which is the most that this browser allows.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/** The settings, also when another tab changes them. */
export const usePlaySettings = (): PlaySettings => useSyncExternalStore(subscribe, readSettings, () => INITIAL_SETTINGS)
