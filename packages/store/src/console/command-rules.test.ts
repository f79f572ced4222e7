import { expect, test } from 'vitest'
import type { CommandRequest } from '../contracts/index.ts'
import { one, REQUEST, two } from '../testing/commands-rig.ts'
import { BY } from '../testing/orders.ts'
import { isSameRequest, orderFor, parseEntry, problemOfRequest } from './command-rules.ts'

const entry = { entry: `${one}@server` }

test.each<[string, Partial<CommandRequest>]>([
  ['a disconnect without a reason', { reason: '  ' }],
  ['a message without a reason', { type: 'message', text: 'x', reason: undefined }],
  ['a message without words', { type: 'message', text: ' ' }],
  ['a reconcile without a truth', { type: 'reconcile' }],
  ['a reconcile without a reason', { type: 'reconcile', truth: 'owner', reason: undefined }],
  ['a drop without a reason', { type: 'drop', target: entry, reason: undefined }],
  ['a text where nobody reads it', { type: 'retry', text: 'x' }],
  ['a truth where nothing is compared', { truth: 'owner' }],
  ['a dry run of what cannot be tried', { dryRun: true }],
  ['a queue’s entry where a session is meant', { target: entry }],
  ['an entry that is none', { type: 'retry', target: { entry: 'nobody@server' } }],
])('refuses %s', (_, request) => {
  expect(problemOfRequest({ ...REQUEST, ...request })).toEqual(expect.any(String))
})

test.each<[string, Partial<CommandRequest>]>([
  ['a disconnect', {}],
  ['a disconnect with words', { text: 'Bye.' }],
  ['a message', { type: 'message', text: 'Hello.' }],
  ['a reconcile', { type: 'reconcile', truth: 'redis' }],
  ['a dry run without a reason', { type: 'reconcile', truth: 'owner', dryRun: true, reason: undefined }],
  ['a retry of an entry, without a reason', { type: 'retry', target: entry, reason: undefined }],
  ['a drop', { type: 'drop', target: entry }],
  ['a recheck', { type: 'recheck', reason: undefined }],
])('takes %s', (_, request) => {
  expect(problemOfRequest({ ...REQUEST, ...request })).toBeNull()
})

test('knows the same request whatever the order of its keys, and another by any of its values', () => {
  const expected = { ...REQUEST, expect: { [one]: '1.1.1', [two]: '1.1.2' } }
  const turned = { expect: { [two]: '1.1.2', [one]: '1.1.1' }, ...REQUEST }
  expect(isSameRequest(expected, turned)).toBe(true)
  expect(isSameRequest(REQUEST, { ...REQUEST, reason: 'Spam' })).toBe(false)
  expect(isSameRequest(REQUEST, { ...REQUEST, target: { sids: [one, two] } })).toBe(false)
})

test('reads an entry’s session and side', () => {
  expect(parseEntry(`${one}@gateway`)).toEqual({ sid: one, side: 'gateway' })
  expect(parseEntry(`${one}@nowhere`)).toBeNull()
  expect(parseEntry('')).toBeNull()
})

test('tells each session what concerns it', () => {
  const request: CommandRequest = { ...REQUEST, type: 'drop', target: entry, expect: { [one]: '1.1.4' } }
  expect(orderFor(one, request, BY)).toMatchObject({ commandId: 'c-1', side: 'server', expect: '1.1.4', by: BY })
  expect(orderFor(two, REQUEST, BY)).toMatchObject({ side: null, expect: null, reason: 'spam' })
})
