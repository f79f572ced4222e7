import { manualClock } from '@holdfast/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sessionOf, sidOf } from '../testing/fixtures.ts'
import { createDirtySet } from '../write-behind/dirty-set.ts'
import { createSessionMap } from './session-map.ts'

const [a, b] = [sidOf(1), sidOf(2)]

function setUp() {
  const dirty = createDirtySet(manualClock())
  const sessions = createSessionMap(dirty)
  sessions.put(sessionOf(a), true)
  return { dirty, sessions }
}

test('marks what a change changed, and raises the revision by one', () => {
  const { dirty, sessions } = setUp()
  expect(sessions.update(a, { room: '#2', hidden: true })).toBe(true)
  expect(sessions.get(a)).toMatchObject({ room: '#2', hidden: true, serverRevision: 2 })
  expect(dirty.pendingFields(a)).toEqual(['room', 'hidden'])
})

test('sets and clears one key of metadata at a time', () => {
  const { dirty, sessions } = setUp()
  sessions.setMeta(a, 'color', 'on')
  sessions.setMeta(a, 'size', '2')
  sessions.setMeta(a, 'color', null)
  expect(sessions.get(a)).toMatchObject({ meta: { size: '2' }, serverRevision: 4 })
  expect(Object.keys(sessions.get(a)?.meta ?? {})).toEqual(['size'])
  expect(dirty.pendingFields(a)).toEqual(['meta:color', 'meta:size'])
})

test('holds no empty metadata: Redis could not', () => {
  const { sessions } = setUp()
  sessions.setMeta(a, 'color', 'on')
  sessions.setMeta(a, 'color', '')
  expect(sessions.get(a)?.meta).toEqual({})
})

test('takes the gateway’s word without a mark and without a revision of its own', () => {
  const { dirty, sessions } = setUp()
  sessions.merge(a, { width: 132, gatewayRevision: 2 })
  expect(sessions.get(a)).toMatchObject({ width: 132, gatewayRevision: 2, serverRevision: 1 })
  expect(dirty.size).toBe(0)
})

test('changes nothing of a session that it does not hold', () => {
  const { dirty, sessions } = setUp()
  expect([sessions.update(b, { room: '#2' }), sessions.setMeta(b, 'x', 'y'), sessions.merge(b, {})]).toEqual([
    false,
    false,
    false,
  ])
  expect(sessions.remove(b)).toBeUndefined()
  expect([sessions.size, dirty.size]).toEqual([1, 0])
})

test('has a session that Redis does not hold written whole', () => {
  const { dirty, sessions } = setUp()
  sessions.put(sessionOf(b), false)
  expect(dirty.pendingFields(b)).toEqual(['*'])
})

test('never changes the record that it was given', () => {
  const { sessions } = setUp()
  const given = sessionOf(b)
  sessions.put(given, true)
  sessions.update(b, { room: '#2' })
  expect(given.room).toBeNull()
})

test('takes every key that a player can name as a key of metadata and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('constructor', 'toString', 'valueOf')), (key) => {
      fc.pre(key !== '__proto__')
      const { sessions } = setUp()
      sessions.setMeta(a, key, 'x')
      expect(Object.entries(sessions.get(a)?.meta ?? {})).toEqual([[key, 'x']])
      sessions.setMeta(a, key, null)
      expect(Object.entries(sessions.get(a)?.meta ?? {})).toEqual([])
    }),
  )
})

test('lets no key of metadata reach what all objects share', () => {
  const { sessions } = setUp()
  sessions.setMeta(a, '__proto__', 'x')
  expect(Object.getPrototypeOf(sessions.get(a)?.meta) === Object.prototype).toBe(true)
  expect(sessionOf(b).meta).toEqual({})
})
