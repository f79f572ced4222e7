import { BlockList } from 'node:net'
import { expect, test } from 'vitest'
import { arrivalIn, arrivalOf, isPrivate, settleHeaders } from './arrival.ts'

const none = new BlockList()
const proxies = new BlockList()
proxies.addSubnet('10.0.0.0', 8, 'ipv4')

const claim = {
  host: 'console.internal:3000',
  'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.7',
  'x-forwarded-host': 'mush.example',
  'x-forwarded-proto': 'https',
}

test('believes no client in what it says of itself', () => {
  expect(arrivalOf('198.51.100.4', claim, proxies)).toEqual({
    peer: '198.51.100.4',
    host: 'console.internal:3000',
    isHttps: false,
  })
  expect(arrivalOf('::ffff:127.0.0.1', claim, none)).toMatchObject({ peer: '127.0.0.1', isHttps: false })
})

test('takes from a trusted proxy the last address that is no proxy’s', () => {
  expect(arrivalOf('::ffff:10.0.0.2', claim, proxies)).toEqual({
    peer: '203.0.113.9',
    host: 'mush.example',
    isHttps: true,
  })
})

test('overwrites the headers that only this process may write', () => {
  const headers: Record<string, string | string[] | undefined> = {
    ...claim,
    'x-holdfast-peer': '1.1.1.1',
    'x-holdfast-scheme': 'https',
    'x-holdfast-host': 'evil.example',
  }
  settleHeaders('198.51.100.4', headers, proxies)
  expect(headers).toEqual({
    host: 'console.internal:3000',
    'x-holdfast-peer': '198.51.100.4',
    'x-holdfast-host': 'console.internal:3000',
    'x-holdfast-scheme': 'http',
  })
  expect(
    arrivalIn(new Headers({ 'x-holdfast-peer': '::1', 'x-holdfast-host': 'a', 'x-holdfast-scheme': 'https' })),
  ).toEqual({ peer: '::1', host: 'a', isHttps: true })
})

test('lets secrets travel encrypted, or within the machine', () => {
  const over = (host: string, isHttps = false) => isPrivate({ peer: '', host, isHttps })
  expect(['localhost:3000', '127.0.0.1', '127.1.2.3:1', '[::1]:3000', 'a.localhost'].every((host) => over(host))).toBe(
    true,
  )
  expect(['mush.example', '127.0.0.1.evil.example', 'localhost.evil', '10.0.0.1', ''].some((host) => over(host))).toBe(
    false,
  )
  expect(over('mush.example', true)).toBe(true)
})
