import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sessionArbitrary } from '../testing/arbitraries.ts'
import { gatewayFields, sessionOf, sidOf } from '../testing/fixtures.ts'
import { fromHash, META_PREFIX, toHash } from './session-hash.ts'
import { GATEWAY_FIELDS, SERVER_FIELDS, type SessionRecord } from './session-record.ts'

/** What Redis holds after the scripts wrote this: an empty value is an absent field. */
function stored(record: SessionRecord): Record<string, string> {
  const { sid: _, ...fields } = record
  return Object.fromEntries(Object.entries(toHash(fields)).filter(([, value]) => value !== ''))
}

test('gives back every session as it was', () => {
  fc.assert(
    fc.property(sessionArbitrary, (record) => {
      expect(fromHash(record.sid, stored(record))).toEqual({ ok: true, record })
    }),
    { numRuns: 500 },
  )
})

test('writes text only, each field under its own name', () => {
  fc.assert(
    fc.property(sessionArbitrary, (record) => {
      const hash = stored(record)
      const known = new Set<string>([...GATEWAY_FIELDS, ...SERVER_FIELDS])
      for (const [field, value] of Object.entries(hash)) {
        expect(typeof value).toBe('string')
        expect(known.has(field) || field.startsWith(META_PREFIX)).toBe(true)
      }
    }),
  )
})

test('reads a record that only its gateway has written as a session at revision 0', () => {
  const fields = gatewayFields({ width: 80, capabilities: ['utf8', 'mxp'] })
  const hash = Object.fromEntries(Object.entries(toHash(fields)).filter(([, value]) => value !== ''))
  const reading = fromHash(sidOf(1), hash)
  expect(reading).toEqual({ ok: true, record: { ...sessionOf(sidOf(1), fields), serverRevision: 0 } })
})

test('deletes a field that has no value any more', () => {
  expect(toHash({ player: null, width: null, capabilities: [], meta: { color: 'on' } })).toEqual({
    player: '',
    width: '',
    capabilities: '',
    'meta:color': 'on',
  })
})

test.each([
  ['handle', 'seven', 'handle'],
  ['connectionEpoch', '0', 'connectionEpoch'],
  ['commandCount', '1.5', 'commandCount'],
  ['status', 'gone', 'status'],
  ['loginState', '', 'loginState'],
  ['waitingFor', '{"id":', 'waitingFor'],
  ['waitingFor', '{"id":"1:2:3"}', 'waitingFor'],
  ['closeReason', 'because', 'closeReason'],
  ['wizard', 'yes', 'wizard'],
  ['hidden', '', 'hidden'],
  ['capabilities', 'utf8,', 'capabilities'],
  ['host', '', 'host'],
])('tells that %s = %j is broken, and names the field', (field, text, named) => {
  const reading = fromHash(sidOf(1), { ...stored(sessionOf(sidOf(1))), [field]: text })
  expect(reading).toMatchObject({ ok: false, problem: expect.stringContaining(named) })
})

test.each(['handle', 'status', 'gateway', 'connectionEpoch', 'ip', 'connectedAt'])(
  'tells that %s is missing',
  (field) => {
    const { [field]: _, ...rest } = stored(sessionOf(sidOf(1)))
    expect(fromHash(sidOf(1), rest)).toMatchObject({ ok: false, problem: expect.stringContaining(field) })
  },
)

test('answers for every hash that a hand may have made, and throws for none', () => {
  const field = fc.oneof(
    fc.constantFrom<string>(...GATEWAY_FIELDS, ...SERVER_FIELDS, 'sid', '__proto__', 'meta', 'meta:', 'meta:__proto__'),
    fc.string(),
  )
  const edits = fc.array(
    fc.tuple(field, fc.oneof(fc.string(), fc.constantFrom('', 'null', '[]', '{}', '-1', 'NaN', '1e999'))),
  )
  fc.assert(
    fc.property(sessionArbitrary, edits, fc.array(field), (record, changes, removals) => {
      const hash = stored(record)
      for (const name of removals) delete hash[name]
      for (const [name, value] of changes) hash[name] = value
      const reading = fromHash(record.sid, hash)
      if (reading.ok) expect(reading.record.sid).toBe(record.sid)
      else expect(reading.problem).not.toBe('')
    }),
    { numRuns: 500 },
  )
})

test('keeps a session its own when a hand writes a sid into its hash', () => {
  const hash = { ...stored(sessionOf(sidOf(1))), sid: sidOf(2) }
  const reading = fromHash(sidOf(1), hash)
  expect(reading.ok && reading.record.sid).toBe(sidOf(1))
})
