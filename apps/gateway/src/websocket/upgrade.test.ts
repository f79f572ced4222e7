import { expect, it } from 'vitest'
import { chooseSubprotocol, judgeUpgrade, spokenOn } from './upgrade.ts'

const ORIGINS = new Set(['http://localhost:3000', 'https://mush.example.org'])
const JSON_NAME = 'json.mudstandards.org'
const TERMINAL = 'terminal.mudstandards.org'

const judge = (headers: Record<string, string>, url = '/ws') => judgeUpgrade({ url, headers }, ORIGINS)

it.each([
  ['a listed page', { origin: 'http://localhost:3000' }],
  ['a listed page in capitals', { origin: 'HTTPS://mush.example.org' }],
  ['a program, which has no origin', {}],
  ['who offers ours among others', { 'sec-websocket-protocol': `gmcp.mudstandards.org, ${TERMINAL}` }],
])('lets in %s', (_, headers) => {
  expect(judge(headers)).toEqual({ kind: 'open' })
  expect(judge(headers, '/ws?from=play')).toEqual({ kind: 'open' })
})

it.each([
  ['another page', 'https://evil.example'],
  ['another port of the same host', 'http://localhost:3001'],
  ['the same host without encryption', 'http://mush.example.org'],
  ['a host that ends alike', 'https://evilmush.example.org'],
  ['a listed one with more behind it', 'https://mush.example.org.evil.example'],
  ['a page without an origin of its own', 'null'],
  ['an empty one', ''],
])('keeps out %s', (_, origin) => {
  expect(judge({ origin })).toMatchObject({ kind: 'refuse', status: 403, why: 'origin' })
})

it.each(['/', '/ws/', '/wss', '/readyz', '//ws', '/%77s'])('is at no path like %s', (url) => {
  expect(judge({}, url)).toMatchObject({ status: 404, why: 'path' })
})

it('names what is spoken to who offers only other things', () => {
  const verdict = judge({ 'sec-websocket-protocol': 'gmcp.mudstandards.org, telnet.mudstandards.org' })
  expect(verdict).toMatchObject({ status: 400, why: 'subprotocol', detail: expect.stringContaining(JSON_NAME) })
})

it('speaks the best that both know, whatever order a client has; without an offer the plainest', () => {
  expect(chooseSubprotocol([TERMINAL, 'x', JSON_NAME])).toBe(JSON_NAME)
  expect(chooseSubprotocol([TERMINAL])).toBe(TERMINAL)
  expect(chooseSubprotocol(['x'])).toBeNull()
  expect(spokenOn('')).toBe(TERMINAL)
  expect(spokenOn(JSON_NAME)).toBe(JSON_NAME)
})
