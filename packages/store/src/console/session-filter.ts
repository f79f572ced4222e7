import { COPIES, STATES } from '../contracts/index.ts'
import { type FilterToken, readTokens, type TokenValue } from './filter-tokens.ts'
import { isInside, parseRange } from './ip-range.ts'
import type { SessionKeys } from './session-keys.ts'

/** `now` in epoch ms. */
export type Filter = (keys: SessionKeys, now: number) => boolean
export type FilterReading = { ok: true; matches: Filter } | { ok: false; token: string; problem: string }

/** What a value means, or why it means nothing. */
type Test = { test: Filter } | { problem: string }

export const FILTER_LENGTH_MAX = 1_000

const isTest = (value: Test): value is { test: Filter } => 'test' in value

const oneOf =
  <T extends string>(names: readonly T[], aliases: Readonly<Record<string, T>>, key: (keys: SessionKeys) => T) =>
  ({ text }: TokenValue): Test => {
    const wanted = text.toLowerCase()
    const name = names.find((each) => each === wanted) ?? (Object.hasOwn(aliases, wanted) ? aliases[wanted] : undefined)
    if (name === undefined) return { problem: `one of ${names.join(', ')}` }
    return { test: (keys) => key(keys) === name }
  }

/** Contains, or is where it was quoted; `none` for what is not there. */
const words =
  (key: (keys: SessionKeys) => string) =>
  ({ text, isExact }: TokenValue): Test => {
    const wanted = text.toLowerCase()
    if (wanted === '') return { problem: 'something to look for' }
    if (!isExact && wanted === 'none') return { test: (keys) => key(keys) === '' }
    return { test: isExact ? (keys) => key(keys) === wanted : (keys) => key(keys).includes(wanted) }
  }

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
}

function compared(text: string, form: RegExp): { holds: (value: number) => boolean; amount: string } | null {
  const [, operator = '=', amount = ''] = form.exec(text.toLowerCase()) ?? []
  const compare = COMPARE[operator]
  return amount === '' || !compare ? null : { amount, holds: (value) => compare(value, boundOf(amount)) }
}

/** `10`, `90s`, `1h30m`: a bare number is itself. */
function boundOf(amount: string): number {
  if (/^\d+$/.test(amount)) return Number(amount)
  let bound = 0
  for (const [, count, unit = 's'] of amount.matchAll(/(\d+)([smhd])/g)) bound += Number(count) * (UNITS_MS[unit] ?? 0)
  return bound
}

const age =
  (since: (keys: SessionKeys) => number) =>
  ({ text }: TokenValue): Test => {
    // An age is never exactly anything: without a sign it could only be misread.
    const reading = compared(text, /^([<>]=?)((?:\d{1,9}[smhd])+)$/)
    return reading
      ? { test: (keys, now) => reading.holds(now - since(keys)) }
      : { problem: '> or < and a time: >10m, <1h30m' }
  }

const count =
  (of: (keys: SessionKeys) => number) =>
  ({ text }: TokenValue): Test => {
    const reading = compared(text, /^([<>]=?|=)?(\d{1,9})$/)
    return reading ? { test: (keys) => reading.holds(of(keys)) } : { problem: 'a number: >0, 3' }
  }

const drifts = countOrField(({ drifted }) => drifted)

function countOrField(of: (keys: SessionKeys) => readonly string[]) {
  const counts = count((keys) => of(keys).length)
  return (value: TokenValue): Test => {
    if (/^[<>=\d]/.test(value.text)) return counts(value)
    return value.text === '' ? { problem: 'a number or a field' } : { test: (keys) => of(keys).includes(value.text) }
  }
}

function addresses({ text }: TokenValue): Test {
  const range = parseRange(text)
  if (!range) return { problem: 'an address or a range: 10.0.0.0/8' }
  return { test: ({ address }) => address !== null && isInside(range, address) }
}

/** In quotes a name, which may begin with `#` as a dbref does. */
function player(value: TokenValue): Test {
  const byName = words(({ name }) => name)(value)
  if (!value.text.startsWith('#') || !isTest(byName)) return byName
  const dbref = value.text.toLowerCase()
  return { test: (keys, now) => keys.dbref === dbref || (value.isExact && byName.test(keys, now)) }
}

const FLAGS: Readonly<Record<string, (keys: SessionKeys) => boolean>> = {
  wizard: ({ isWizard }) => isWizard,
  hidden: ({ isHidden }) => isHidden,
  dark: ({ isHidden }) => isHidden,
  loggedin: ({ isLoggedIn }) => isLoggedIn,
}

function flag({ text }: TokenValue): Test {
  const test = Object.hasOwn(FLAGS, text.toLowerCase()) ? FLAGS[text.toLowerCase()] : undefined
  return test ? { test } : { problem: `one of ${Object.keys(FLAGS).join(', ')}` }
}

const transport = oneOf(
  ['telnet', 'telnets', 'websocket'],
  { ws: 'websocket', wss: 'websocket', web: 'websocket', tls: 'telnets', ssl: 'telnets' },
  (keys) => keys.transport,
)

/** Each key with what its values mean. */
const KEYS: Readonly<Record<string, (value: TokenValue) => Test>> = {
  state: oneOf(STATES, { insync: 'in-sync', synced: 'in-sync', drift: 'drifted' }, ({ state }) => state),
  status: oneOf(['connected', 'detached', 'closed'], {}, ({ status }) => status),
  type: transport,
  transport,
  gateway: words(({ gateway }) => gateway),
  server: words(({ server }) => server),
  player,
  name: player,
  host: words(({ host }) => host),
  client: words(({ client }) => client),
  ip: addresses,
  handle: count(({ handle }) => handle),
  sid: ({ text }) => ({ test: ({ sid }) => sid === text }),
  room: ({ text }) => ({ test: ({ room }) => room === text }),
  idle: age(({ signalAt }) => signalAt),
  connected: age(({ connectedAt }) => connectedAt),
  pending: count(({ pending }) => pending),
  drift: drifts,
  drifted: drifts,
  missing: ({ text }) => {
    const copy = COPIES.find((each) => each === text.toLowerCase())
    return copy ? { test: ({ missingIn }) => missingIn.includes(copy) } : { problem: `one of ${COPIES.join(', ')}` }
  },
  flag,
}

export const FILTER_KEYS: readonly string[] = Object.keys(KEYS)

/** Keys whose tokens are bounds of one value: `idle:>10m idle:<1h` means both. Of the others, repeats are alternatives. */
const BOUNDS = new Set(['idle', 'connected', 'pending', 'drift', 'drifted', 'handle', 'flag'])

/**
 * Reads the filter language: free text (name, host, handle; quoted: exactly that), `key:value`, `key:a,b` for either, the same
 * key again for either (bounds: both), `-` before a token for what does not match. All that differ must match. A token that
 * means nothing is named, never passed over: a filter may decide whom a command reaches.
 */
export function readFilter(text: string): FilterReading {
  if (text.length > FILTER_LENGTH_MAX)
    return {
      ok: false,
      token: `${text.slice(0, 20)}...`,
      problem: `a filter has at most ${FILTER_LENGTH_MAX} characters`,
    }
  const tokens = readTokens(text)
  if (!tokens.ok) return tokens
  const required: Filter[] = []
  const alternatives = new Map<string, Filter[]>()
  for (const token of tokens.tokens) {
    const reading = filterOf(token)
    if (!isTest(reading)) return { ok: false, token: token.raw, problem: reading.problem }
    const { test } = reading
    if (token.isNegated) required.push((keys, now) => !test(keys, now))
    else if (token.key === null || BOUNDS.has(token.key)) required.push(test)
    else alternatives.set(token.key, [...(alternatives.get(token.key) ?? []), test])
  }
  for (const tests of alternatives.values()) required.push(anyOf(tests))
  return { ok: true, matches: allOf(required) }
}

/** Most filters are one test: it is run on every session, so nothing is put around it. */
function allOf(tests: readonly Filter[]): Filter {
  const [only] = tests
  if (only && tests.length === 1) return only
  return (keys, now) => tests.every((test) => test(keys, now))
}

function anyOf(tests: readonly Filter[]): Filter {
  const [only] = tests
  if (only && tests.length === 1) return only
  return (keys, now) => tests.some((test) => test(keys, now))
}

function filterOf({ key, values }: FilterToken): Test {
  const tests: Filter[] = []
  for (const value of values) {
    const reading = key === null ? freeText(value) : keyedTest(key, value)
    if (!isTest(reading)) return reading
    tests.push(reading.test)
  }
  return { test: anyOf(tests) }
}

function keyedTest(key: string, value: TokenValue): Test {
  const read = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
  if (!read) return { problem: `no filter "${key}:"; there are ${FILTER_KEYS.join(', ')}` }
  const reading = read(value)
  return isTest(reading) ? reading : { problem: `${key}: needs ${reading.problem}` }
}

/** A sid that somebody pastes is found too; part of one would match by chance, so only a whole one is. */
function freeText({ text, isExact }: TokenValue): Test {
  const wanted = text.toLowerCase()
  const handle = /^#?(\d{1,15})$/.exec(wanted)?.[1]
  const byHandle = (keys: SessionKeys): boolean =>
    handle !== undefined && (keys.handle === Number(handle) || keys.dbref === wanted)
  if (isExact) return { test: (keys) => keys.name === wanted || keys.host === wanted || byHandle(keys) }
  return {
    test: (keys) => keys.name.includes(wanted) || keys.host.includes(wanted) || byHandle(keys) || keys.sid === text,
  }
}
