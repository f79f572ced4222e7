/** The filter language as it is typed: `state:drifted gateway:gw-2 "Old Tamsin"`. What it means, the console says. */

export interface FilterWord {
  /** As it was typed, quotes and all. */
  raw: string
  isNegated: boolean
  /** Null for free text. */
  key: string | null
  value: string
}

export interface FilterKey {
  key: string
  /** What may follow the colon, in words. */
  hint: string
  values?: readonly string[]
}

/** Keys that are offered; the console knows some more names for them. */
export const FILTER_KEYS: readonly FilterKey[] = [
  {
    key: 'state',
    hint: 'how the copies stand',
    values: ['in-sync', 'settling', 'drifted', 'missing', 'ghost', 'unknown', 'ignored'],
  },
  { key: 'gateway', hint: 'the gateway, or a part of its name' },
  { key: 'server', hint: 'the server, or a part of its name' },
  { key: 'type', hint: 'how it is connected', values: ['telnet', 'telnets', 'websocket'] },
  { key: 'status', hint: 'whether it has a connection', values: ['connected', 'detached', 'closed'] },
  { key: 'player', hint: 'a name or a dbref' },
  { key: 'host', hint: 'a part of the host' },
  { key: 'ip', hint: 'an address or a range: 10.0.0.0/8' },
  { key: 'client', hint: 'a part of the client’s name' },
  { key: 'room', hint: 'a dbref' },
  { key: 'handle', hint: 'a number' },
  { key: 'idle', hint: 'since the last line: >10m', values: ['>10m', '>1h', '<1m'] },
  { key: 'connected', hint: 'since the connection: <5m', values: ['<5m', '>1h', '>1d'] },
  { key: 'pending', hint: 'writes that wait: >0', values: ['>0'] },
  { key: 'drift', hint: 'fields that differ: >0, or one by name', values: ['>0'] },
  { key: 'missing', hint: 'a copy without it', values: ['gateway', 'server', 'redis'] },
  { key: 'flag', hint: 'what it is', values: ['wizard', 'hidden', 'loggedin'] },
]

const OTHER_NAMES = ['name', 'transport', 'drifted', 'sid']
const KNOWN = new Set([...FILTER_KEYS.map(({ key }) => key), ...OTHER_NAMES])

/** As the console reads them: a word before a colon is a key, but for an address such as `fe80::1`. */
const KEY = /^([a-z_][\w.-]*):/i
const ADDRESS = /^[\da-f]*:[\da-f]*:[\da-f:.]*$/i

/** Parts at white space outside of quotes. An open quote runs to the end. */
export function wordsOf(text: string): readonly FilterWord[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"?|\S)+/g) ?? []).map(wordOf)
}

function wordOf(raw: string): FilterWord {
  const isNegated = raw.length > 1 && raw.startsWith('-')
  const rest = isNegated ? raw.slice(1) : raw
  const key = ADDRESS.test(rest) ? undefined : KEY.exec(rest)?.[1]
  return {
    raw,
    isNegated,
    key: key?.toLowerCase() ?? null,
    value: key === undefined ? rest : rest.slice(key.length + 1),
  }
}

export const textOfWords = (words: readonly { raw: string }[]): string => words.map(({ raw }) => raw).join(' ')

/** A word that is still being typed means nothing yet: a key without a value, an open quote. */
export const isWhole = ({ key, value, raw }: FilterWord): boolean =>
  (key === null || value !== '') && (raw.match(/(?<!\\)"/g) ?? []).length % 2 === 0 && raw !== '-'

/** What is wrong with a word, as far as its key tells: `No key gatway. Did you mean gateway?` */
export function problemOfWord({ key }: FilterWord): string | null {
  if (key === null || KNOWN.has(key)) return null
  const near = [...KNOWN].find((known) => distance(known, key) <= 2)
  return `No key ${key}.${near === undefined ? '' : ` Did you mean ${near}?`}`
}

/** What the console said of a filter: `filter, at "idle:x": ...` names the word. */
export function problemInAnswer(detail: string): { raw: string; problem: string } | null {
  const [, raw, problem] = /^filter, at "(.*?)": (.*)$/s.exec(detail) ?? []
  return raw === undefined || problem === undefined ? null : { raw, problem }
}

export interface Suggestion {
  /** What the word becomes. */
  raw: string
  hint: string
}

const SUGGESTIONS_MAX = 8

/** What may follow what was typed: keys, or the values of one. `names`: of processes, by key. */
export function suggestionsFor(
  typed: string,
  names: Readonly<Record<string, readonly string[]>>,
): readonly Suggestion[] {
  const sign = typed.startsWith('-') ? '-' : ''
  const text = typed.slice(sign.length).toLowerCase()
  const [key = '', value] = text.split(/:(.*)/s)
  if (value === undefined) {
    const keys = text === '' ? FILTER_KEYS : FILTER_KEYS.filter((each) => each.key.startsWith(text))
    return keys.slice(0, SUGGESTIONS_MAX).map((each) => ({ raw: `${sign}${each.key}:`, hint: each.hint }))
  }
  const values = names[key] ?? FILTER_KEYS.find((each) => each.key === key)?.values ?? []
  const found = values.filter((each) => each.toLowerCase().includes(value) && each.toLowerCase() !== value)
  return found.slice(0, SUGGESTIONS_MAX).map((each) => ({ raw: `${sign}${key}:${each}`, hint: '' }))
}

/** How many letters apart two words are, capped: more than two is another word. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row[b.length] ?? 0
}
