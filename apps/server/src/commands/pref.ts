import type { Effect } from '@holdfast/store'
import { tell } from '../effects/output.ts'
import type { Command, Turn } from './command.ts'
import { splitAtEquals } from './parse.ts'
import { RESERVED_PREFIX } from './reserved-meta.ts'

export const PREFS_MAX = 32
export const PREF_VALUE_LENGTH_MAX = 200
const PREF_KEY = /^[a-z][a-z0-9.-]{0,31}$/

/** `@pref`, `@pref color=on`, `@pref/clear color`: metadata of one's own, kept with the session. */
export const pref: Command = {
  name: '@pref',
  at: 'game',
  switches: ['clear'],
  run(turn) {
    const { session, words } = turn
    const { left, right } = splitAtEquals(words.argument)
    const key = left.toLowerCase()
    if (words.argument === '') return [tell(session, listOf(session.meta))]
    if (!PREF_KEY.test(key)) {
      return [tell(session, 'A preference is named by a letter and then up to 31 letters, digits, dots and dashes.')]
    }
    if (words.switches.includes('clear') || right === '') return clear(turn, key)
    if (right === null)
      return [tell(session, Object.hasOwn(session.meta, key) ? `${key}=${session.meta[key]}` : unset(key))]
    return set(turn, key, right)
  },
}

const unset = (key: string): string => `You have no preference called ${key}.`

const ownKeys = (meta: Readonly<Record<string, string>>): string[] =>
  Object.keys(meta)
    .filter((key) => !key.startsWith(RESERVED_PREFIX))
    .sort()

function listOf(meta: Readonly<Record<string, string>>): string {
  const keys = ownKeys(meta)
  return keys.length === 0 ? 'You have no preferences.' : keys.map((key) => `${key}=${meta[key]}`).join('\n')
}

function clear({ session }: Turn, key: string): Effect[] {
  if (!Object.hasOwn(session.meta, key)) return [tell(session, unset(key))]
  return [{ kind: 'set', fields: { meta: { [key]: null } } }, tell(session, `${key} cleared.`)]
}

function set({ session }: Turn, key: string, value: string): Effect[] {
  if (value.length > PREF_VALUE_LENGTH_MAX) {
    return [tell(session, `A preference has at most ${PREF_VALUE_LENGTH_MAX} characters.`)]
  }
  if (!Object.hasOwn(session.meta, key) && ownKeys(session.meta).length >= PREFS_MAX) {
    return [tell(session, `You can have ${PREFS_MAX} preferences. Clear one first.`)]
  }
  return [{ kind: 'set', fields: { meta: { [key]: value } } }, tell(session, `${key} set.`)]
}
