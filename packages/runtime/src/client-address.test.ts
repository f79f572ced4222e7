import { expect, test } from 'vitest'
import { clientAddress, networks, withoutMapping } from './client-address.ts'

const proxies = networks().parse('10.0.0.0/8, 2001:db8::/32, 192.0.2.7')

test('gives an IPv4 address in its own form, and leaves IPv6 alone', () => {
  expect(['::ffff:192.0.2.7', '::FFFF:10.0.0.1', '192.0.2.7', '2001:db8::1', '::ffff:0:1'].map(withoutMapping)).toEqual(
    ['192.0.2.7', '10.0.0.1', '192.0.2.7', '2001:db8::1', '::ffff:0:1'],
  )
})

test.each([
  ['of its socket, whatever it says of itself', '198.51.100.9', '203.0.113.5', '198.51.100.9'],
  ['that a trusted proxy names', '10.1.2.3', '203.0.113.5', '203.0.113.5'],
  [
    'before the proxies it came through, not what it claims before that',
    '::ffff:10.1.2.3',
    '1.1.1.1, 203.0.113.5, 192.0.2.7',
    '203.0.113.5',
  ],
  ['of IPv6, by a proxy of IPv6', '2001:db8::1', '2001:db9::5', '2001:db9::5'],
  ['of the proxy, where that names none', '10.1.2.3', '', '10.1.2.3'],
  ['of the proxy, where that names only proxies', '10.1.2.3', '10.0.0.1', '10.1.2.3'],
  ['of the proxy, where what that names is no address', '10.1.2.3', 'unknown', '10.1.2.3'],
])('believes a client to be at the address %s', (_, socket, forwardedFor, expected) => {
  expect(clientAddress(socket, forwardedFor, proxies)).toBe(expected)
})

test.each(['10.0.0.0/33', '10.0.0', 'proxy.example.org', '10.0.0.0/', '::1/129', '10.0.0.0/8/8'])(
  'takes %s for no network',
  (entry) => {
    expect(networks().safeParse(entry).success).toBe(false)
  },
)
