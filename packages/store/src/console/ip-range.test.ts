import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInside, parseAddress, parseRange } from './ip-range.ts'

const inside = (range: string, address: string): boolean => {
  const [read, at] = [parseRange(range), parseAddress(address)]
  if (!read || !at) throw new Error('not an address')
  return isInside(read, at)
}

test.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['192.0.2.1', '192.0.2.1', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['2001:db8::/32', '2001:db8:ffff::9', true],
  ['2001:db8::/32', '2001:db9::', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::ffff:0:0/96', '::1', false],
  ['64:ff9b::192.0.2.33/128', '64:ff9b::c000:221', true],
])('%s has %s inside: %s', (range, address, expected) => expect(inside(range, address)).toBe(expected))

test.each(['', 'localhost', '10.0.0.0/33', '10.0.0/8', '10.0.0.1/8/9', '::1/129', '10.0.0.1/-1', '1.2.3.4/ 8'])(
  '"%s" is no range',
  (text) => expect(parseRange(text)).toBeNull(),
)

test('an address lies in every range of its own prefix', () => {
  fc.assert(fc.property(fc.ipV4(), fc.nat(32), (address, prefix) => inside(`${address}/${prefix}`, address)))
  fc.assert(
    fc.property(fc.ipV6(), fc.nat(128), (address, prefix) => {
      const isMapped = parseAddress(address)?.size === 32
      return isMapped || inside(`${address}/${prefix}`, address)
    }),
  )
})
