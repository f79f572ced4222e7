import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sidOf } from '../testing/fixtures.ts'
import { readFilter } from './session-filter.ts'
import { keysOf, type RestingRow, type RowFacts, type SessionKeys } from './session-keys.ts'

const NOW = 1_700_000_000_000
const MINUTE = 60_000

const row: RestingRow = {
  sid: sidOf(1),
  handle: 12,
  version: '1.1.1',
  state: 'in-sync',
  missingIn: [],
  odd: [],
  status: 'connected',
  loginState: 'loggedIn',
  player: { dbref: '#5', name: 'Big Bob' },
  gateway: 'gateway-0123',
  server: 'server-ab12',
  transport: 'telnet',
  ip: '10.1.2.3',
  host: 'Host-27.Example.net',
  client: 'Mudlet',
  connectedAt: '2023-11-14T22:13:20.000Z',
  pending: 0,
  drifted: [],
}
const facts: RowFacts = {
  signalAt: NOW - 11 * MINUTE,
  connectedAt: NOW - 60 * MINUTE,
  room: '#0',
  isWizard: true,
  isHidden: false,
}
const bob = keysOf(row, facts)
const drifted = keysOf({ ...row, state: 'drifted', drifted: ['room', 'width'], pending: 3 }, facts)
const stranger = keysOf(
  { ...row, handle: 4, player: null, loginState: 'connected', server: null, transport: 'websocket', ip: '2001:db8::9' },
  { ...facts, isWizard: false, room: null },
)
const missing = keysOf({ ...row, state: 'missing', missingIn: ['redis'], status: 'detached' }, facts)

const matches = (text: string, keys: SessionKeys): boolean => {
  const reading = readFilter(text)
  if (!reading.ok) throw new Error(`${reading.token}: ${reading.problem}`)
  return reading.matches(keys, NOW)
}

describe('a filter', () => {
  test.each(['', '   ', 'bob', 'BIG', 'example', '12', '#12', '#5', '"big bob"', '"host-27.example.net"', 'big bob'])(
    'finds by free text: %s',
    (text) => expect(matches(text, bob)).toBe(true),
  )
  test('takes a colon in an address, in a quoted text and after a figure for no key', () => {
    for (const text of ['fe80::1', '2001:db8::9', '"gate-way:gw2"', '12:30', 'dead:beef:']) {
      expect(readFilter(text)).toMatchObject({ ok: true })
    }
  })
  test.each(['bobby', '"big"', '3', '#1', 'big alice', '-bob', '-"big bob"'])('does not by: %s', (text) =>
    expect(matches(text, bob)).toBe(false),
  )
  test('finds a session by its whole id, never by a part of it', () => {
    expect(matches(row.sid, bob)).toBe(true)
    expect(matches(row.sid.slice(0, 8), bob)).toBe(false)
  })

  test.each([
    ['state:in-sync', bob],
    ['state:drifted', drifted],
    ['state:drifted,missing', missing],
    ['state:drifted state:missing', missing],
    ['STATE:Drifted', drifted],
    ['-state:in-sync', drifted],
    ['gateway:gateway-0123', bob],
    ['gateway:0123', bob],
    ['server:"server-ab12"', bob],
    ['server:none', stranger],
    ['status:detached', missing],
    ['type:telnet', bob],
    ['type:ws', stranger],
    ['transport:telnet', bob],
    ['player:bob', bob],
    ['player:"Big Bob"', bob],
    ['player:alice,bob', bob],
    ['player:#5', bob],
    ['player:none', stranger],
    ['ip:10.0.0.0/8', bob],
    ['ip:10.1.2.3', bob],
    ['ip:2001:db8::/32', stranger],
    ['ip:10.0.0.0/8,2001:db8::/32', stranger],
    ['idle:>10m', bob],
    ['idle:<1h30m', bob],
    ['idle:>=10m idle:<12m', bob],
    ['connected:>5m', bob],
    ['pending:>0', drifted],
    ['pending:0', bob],
    ['drift:>0', drifted],
    ['drift:2', drifted],
    ['drift:room', drifted],
    ['missing:redis', missing],
    ['flag:wizard', bob],
    ['flag:wizard flag:loggedin', bob],
    ['handle:<10', stranger],
    ['room:#0', bob],
    ['host:example client:mudlet', bob],
  ])('%s', (text, keys) => expect(matches(text, keys)).toBe(true))

  test.each([
    ['state:drifted', bob],
    ['gateway:"gateway"', bob],
    ['type:telnets', bob],
    ['player:"bob"', bob],
    ['player:#50', bob],
    ['ip:10.2.0.0/16', bob],
    ['idle:>11m', bob],
    ['idle:>10m idle:<11m', bob],
    ['connected:<5m', bob],
    ['pending:>3', drifted],
    ['drift:client', drifted],
    ['flag:wizard', stranger],
    ['flag:wizard flag:hidden', bob],
    ['state:in-sync player:alice', bob],
  ])('not %s', (text, keys) => expect(matches(text, keys)).toBe(false))

  test.each([
    ['state:broken', 'state:broken', 'drifted'],
    ['bob colour:red', 'colour:red', 'no filter "colour:"'],
    ['__proto__:x', '__proto__:x', 'no filter "__proto__:"'],
    ['gate-way:gw2', 'gate-way:gw2', 'no filter "gate-way:"'],
    ['-gateway2:gw', '-gateway2:gw', 'no filter "gateway2:"'],
    ['idle:10m', 'idle:10m', '>10m'],
    ['idle:>10', 'idle:>10', '>10m'],
    ['ip:somewhere', 'ip:somewhere', '10.0.0.0/8'],
    ['pending:many', 'pending:many', 'a number'],
    ['flag:', 'flag:', 'wizard'],
    ['player:', 'player:', 'something'],
    ['type:telnet,', 'type:telnet,', 'telnet'],
    ['constructor:x', 'constructor:x', 'no filter'],
    ['flag:constructor', 'flag:constructor', 'wizard'],
    ['player:"Big', 'player:"Big', 'quote'],
    ['"open', '"open', 'quote'],
    ['a"b"', 'a"b"', 'quote'],
  ])('names the word that means nothing: %s', (text, token, problem) => {
    expect(readFilter(text)).toMatchObject({ ok: false, token, problem: expect.stringContaining(problem) })
  })

  test('refuses what is too long, or has too many words', () => {
    expect(readFilter('x'.repeat(1_001)).ok).toBe(false)
    expect(readFilter('x '.repeat(60)).ok).toBe(false)
  })
})

describe('whatever is typed', () => {
  test('is either read or refused with the word, and never throws', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('state:', 'idle:>', '"', ' ', '-', 'ip:', ',', '\\', 'drift:', '9m', '#5'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const reading = readFilter(pieces.join(''))
        if (reading.ok) for (const keys of [bob, stranger, drifted]) reading.matches(keys, NOW)
        else expect(reading.token).not.toBe('')
      }),
      { numRuns: 1_000 },
    )
  })

  test('a name in quotes finds exactly that name, however odd', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (name) => {
        const quoted = `"${name.replace(/[\\"]/g, '\\$&')}"`
        const keys = keysOf({ ...row, player: { dbref: '#9', name } }, facts)
        expect(matches(`player:${quoted}`, keys)).toBe(true)
        expect(matches(quoted, keys)).toBe(true)
        expect(matches(`-player:${quoted}`, keys)).toBe(false)
      }),
    )
  })

  test('a token and its negation part all sessions', () => {
    const token = fc.constantFrom('bob', 'state:drifted', 'idle:>10m', 'ip:10.0.0.0/8', 'flag:wizard', 'pending:>0')
    fc.assert(
      fc.property(token, fc.constantFrom(bob, stranger, drifted, missing), (text, keys) => {
        expect(matches(text, keys)).not.toBe(matches(`-${text}`, keys))
      }),
    )
  })
})
