import { SHORTCUTS, type ShortcutId } from './shortcuts.ts'

/** What of a keyboard event decides; `KeyboardEvent` fits. */
export interface Press {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** The second key of a pair has to come within this. */
export const PAIR_WITHIN_MS = 1_200

/** `mod+k`, `shift+arrowdown`, `?`: Control and Command are one; Shift is told apart only where it makes no other character. */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): string {
  const name = key === ' ' ? 'space' : key.toLowerCase()
  const isLetter = /^[a-z]$/.test(name)
  const parts = [
    ctrlKey || metaKey ? 'mod' : '',
    altKey ? 'alt' : '',
    shiftKey && (isLetter || name.length > 1) ? 'shift' : '',
  ]
  return [...parts.filter((part) => part !== ''), name].join('+')
}

/** A key alone, which a voice or a mishap can press: the setting that turns those off is about it. Keys of every list stay. */
export const isSingle = (chord: string): boolean => [...chord.replace('shift+', '')].length === 1

export interface KeyMatcher {
  /** The shortcuts that this press completes. A press that fits nothing ends a pair that was begun. */
  press(press: Press, at: number): readonly ShortcutId[]
}

const BY_KEYS = new Map<string, ShortcutId[]>()
const FIRST_OF_PAIRS = new Set<string>()
for (const { id, keys } of SHORTCUTS)
  for (const combination of keys) {
    BY_KEYS.set(combination, [...(BY_KEYS.get(combination) ?? []), id])
    const [first, second] = combination.split(' ')
    if (first !== undefined && second !== undefined) FIRST_OF_PAIRS.add(first)
  }

/** `at` in ms of any clock that never goes back. */
export function createKeyMatcher(): KeyMatcher {
  let first: { chord: string; at: number } | null = null
  return {
    press(press, at) {
      const chord = chordOf(press)
      const pair = first && at - first.at <= PAIR_WITHIN_MS ? BY_KEYS.get(`${first.chord} ${chord}`) : undefined
      first = pair === undefined && FIRST_OF_PAIRS.has(chord) ? { chord, at } : null
      return pair ?? BY_KEYS.get(chord) ?? []
    },
  }
}

/** As a person reads it: `Ctrl K`, `g s`, `Shift ↓`. */
export function keysText(keys: string, isApple: boolean): string {
  const names: Readonly<Record<string, string>> = {
    mod: isApple ? '⌘' : 'Ctrl',
    shift: 'Shift',
    alt: isApple ? '⌥' : 'Alt',
    arrowdown: '↓',
    arrowup: '↑',
    enter: '↵',
    escape: 'esc',
    space: 'space',
  }
  const parts = keys.split(/[+ ]/)
  return parts
    .map((part) => names[part] ?? (parts.length > 1 && keys.includes('+') ? part.toUpperCase() : part))
    .join(' ')
}
