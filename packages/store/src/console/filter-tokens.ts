/** The words of a filter, before they mean anything. */

export interface TokenValue {
  text: string
  /** It was in quotes: exactly this. */
  isExact: boolean
}

export interface FilterToken {
  /** As it was typed. */
  raw: string
  isNegated: boolean
  /** Null for free text. */
  key: string | null
  /** At least one; more where commas part them. */
  values: readonly TokenValue[]
}

export type TokensReading = { ok: true; tokens: readonly FilterToken[] } | { ok: false; token: string; problem: string }

const TOKENS_MAX = 50

/** A word before a colon is meant as a key, whether there is such a one or not: passed over, it would widen the filter. */
const KEY = /^([a-z_][\w.-]*):/i
/** `fe80::1` has no key. */
const ADDRESS = /^[\da-f]*:[\da-f]*:[\da-f:.]*$/i

/** Parts at white space outside of quotes. In quotes `\"` is a quote and `\\` a backslash. */
export function readTokens(text: string): TokensReading {
  const tokens: FilterToken[] = []
  for (const raw of partAt(text, /\s/)) {
    if (raw === '') continue
    if (tokens.length === TOKENS_MAX)
      return { ok: false, token: raw, problem: `a filter has at most ${TOKENS_MAX} words` }
    const isNegated = raw.length > 1 && raw.startsWith('-')
    const rest = isNegated ? raw.slice(1) : raw
    const key = ADDRESS.test(rest) ? undefined : KEY.exec(rest)?.[1]
    const values: TokenValue[] = []
    for (const part of key === undefined ? [rest] : partAt(rest.slice(key.length + 1), /,/)) {
      const value = readValue(part)
      if (!value) return { ok: false, token: raw, problem: 'a quote is not closed, or has something beside it' }
      values.push(value)
    }
    tokens.push({ raw, isNegated, key: key?.toLowerCase() ?? null, values })
  }
  return { ok: true, tokens }
}

/** The parts between separators that lie outside of quotes. */
function partAt(text: string, separator: RegExp): string[] {
  const parts: string[] = []
  let part = ''
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (isQuoted && character === '\\') {
      part += character + text.charAt(++i)
      continue
    }
    if (character === '"') isQuoted = !isQuoted
    if (!isQuoted && separator.test(character)) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part]
}

function readValue(part: string): TokenValue | null {
  if (!part.includes('"')) return { text: part, isExact: false }
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(part)?.[1]
  return quoted === undefined ? null : { text: quoted.replace(/\\(.)/gs, '$1'), isExact: true }
}
