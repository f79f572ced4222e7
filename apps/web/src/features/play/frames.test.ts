import * as contract from '@holdfast/store/contracts'
import { clientMessageSchemas, envelopeSchema, gatewayMessageSchemas, PLAY_PROTO } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame, SUBPROTOCOLS } from './frames.ts'

const frame = (id: string, data: unknown, proto = 'holdfast'): string =>
  JSON.stringify({ proto, id, data: JSON.stringify(data) })

test('says what the gateway’s contract says, data as a string', () => {
  expect(encodeFrame({ id: 'input', data: { seq: 3, line: 'say "hi"' } })).toBe(
    String.raw`{"proto":"holdfast","id":"input","data":"{\"seq\":3,\"line\":\"say \\\"hi\\\"\"}"}`,
  )
})

test('understands each of the gateway’s frames', () => {
  expect(decodeFrame(frame('welcome', { sid: 's', handle: 1, token: null, resumed: false }))).toEqual({ id: 'welcome' })
  expect(decodeFrame(frame('ack', { seq: 7 }))).toEqual({ id: 'ack', seq: 7 })
  expect(decodeFrame(frame('echo', { on: false }))).toEqual({ id: 'echo', on: false })
  expect(decodeFrame(frame('error', { code: 'line-too-long', seq: 2, text: 'Too long.' }))).toEqual({
    id: 'error',
    seq: 2,
    text: 'Too long.',
  })
  expect(decodeFrame(frame('reconnect', { afterMs: 1_500 }))).toEqual({ id: 'reconnect', afterMs: 1_500 })
  expect(decodeFrame(frame('bye', { reason: 'quit' }))).toEqual({ id: 'bye', reason: 'quit' })
})

test.each([
  'no json',
  '[]',
  'null',
  '{}',
  frame('ack', { seq: -1 }),
  frame('ack', { seq: 'x' }),
  frame('echo', {}),
  frame('error', { code: 'x' }),
  frame('something-new', {}),
  frame('ack', { seq: 1 }, 'another'),
  JSON.stringify({ proto: 'holdfast', id: 'ack', data: { seq: 1 } }),
  JSON.stringify({ proto: 'holdfast', id: 'toString', data: '{}' }),
])('passes over %s', (text) => {
  expect(decodeFrame(text)).toBeNull()
})

test('believes no absurd wait', () => {
  expect(decodeFrame(frame('reconnect', { afterMs: 1e12 }))).toEqual({ id: 'reconnect', afterMs: 60_000 })
  expect(decodeFrame(frame('reconnect', { afterMs: 'soon' }))).toEqual({ id: 'reconnect', afterMs: 0 })
})

test('speaks the gateway’s own contract', () => {
  expect(contract.SUBPROTOCOLS).toEqual(expect.arrayContaining(SUBPROTOCOLS))
  const hello = { client: 'Holdfast web', width: 80, height: 24 }
  const said = [encodeFrame({ id: 'hello', data: hello }), encodeFrame({ id: 'input', data: { seq: 1, line: 'look' } })]
  const envelopes = said.map((text) => envelopeSchema.parse(JSON.parse(text)))
  expect(envelopes.map(({ proto }) => proto)).toEqual([PLAY_PROTO, PLAY_PROTO])
  expect(clientMessageSchemas.hello.parse(JSON.parse(envelopes[0]?.data ?? ''))).toEqual(hello)
  expect(clientMessageSchemas.input.parse(JSON.parse(envelopes[1]?.data ?? ''))).toEqual({ seq: 1, line: 'look' })
  expect(Object.keys(gatewayMessageSchemas).sort()).toEqual(['ack', 'bye', 'echo', 'error', 'reconnect', 'welcome'])
})
