import { expect, test } from 'vitest'
import { signInPathFrom, wayBackOf } from './way-back.ts'

test.each(['/', '/sessions', '/sessions?filter=state%3Adrifted&sort=-idle', '/events?topic=a&p=0#x'])(
  'leads back to %s',
  (place) => expect(wayBackOf(place)).toBe(place),
)

test.each([
  undefined,
  null,
  '',
  'sessions',
  'https://elsewhere.example/',
  '//elsewhere.example/',
  '/\\elsewhere.example/',
  '/\t/elsewhere.example/',
  '/.//elsewhere.example/',
  '/%2e//elsewhere.example',
  '/sessions/..//elsewhere.example',
  'javascript:alert(1)',
  '/api/auth/sign-out',
  '/login',
  '/login?next=/login',
  `/${'x'.repeat(2_000)}`,
])('leads to the overview instead of %j', (place) => {
  expect(wayBackOf(place)).toBe('/')
  expect(signInPathFrom(place)).toBe('/login')
})

test('gives a header no line of its own', () => {
  expect(wayBackOf('/sessions\r\nset-cookie: a=b')).toBe('/sessionsset-cookie:%20a=b')
})

test('says in the sign-in’s address where one was going, as the page and not as its inside', () => {
  expect(signInPathFrom('/sessions?filter=a&_rsc=1x')).toBe('/login?next=%2Fsessions%3Ffilter%3Da')
})
