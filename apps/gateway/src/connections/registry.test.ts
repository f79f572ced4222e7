import { expect, test } from 'vitest'
import { connectionRig, sidOf } from '../testing/connection-rig.ts'
import { createRegistry } from './registry.ts'

function connectionFrom(ip: string, number: number) {
  const { connection } = connectionRig({ number })
  connection.fields.ip = ip
  return connection
}

test('finds the live ones and counts them by address', () => {
  const registry = createRegistry()
  const [one, two] = [connectionFrom('192.0.2.1', 1), connectionFrom('192.0.2.1', 2)]
  registry.add(one)
  registry.add(two)
  expect([registry.size, registry.countFrom('192.0.2.1'), registry.countFrom('192.0.2.2')]).toEqual([2, 2, 0])
  expect(registry.get(sidOf(2))).toBe(two)
  registry.remove(one)
  registry.remove(one)
  expect([registry.size, registry.countFrom('192.0.2.1'), registry.get(sidOf(1))]).toEqual([1, 1, undefined])
  registry.remove(two)
  expect(registry.countFrom('192.0.2.1')).toBe(0)
})

test('counts the addresses of one /64 together', () => {
  const registry = createRegistry()
  registry.add(connectionFrom('2001:db8::1', 1))
  registry.add(connectionFrom('2001:db8::2', 2))
  expect(registry.countFrom('2001:db8::3')).toBe(2)
  expect(registry.countFrom('2001:db8:0:1::1')).toBe(0)
})

test('lets connections end while it is walked through', () => {
  const registry = createRegistry()
  for (let number = 1; number <= 5; number++) registry.add(connectionFrom('192.0.2.1', number))
  for (const connection of registry.all()) registry.remove(connection)
  expect(registry.size).toBe(0)
})
