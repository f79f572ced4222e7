import { expect, test } from 'vitest'
import { originOf } from './same-origin.ts'

const here = { peer: '', host: 'localhost:3000', isHttps: false }
const of = (headers: Record<string, string>, arrival = here) => originOf(new Headers(headers), arrival)

test('believes the browser’s word about the site, whatever the origin', () => {
  expect(of({ 'sec-fetch-site': 'same-origin' })).toBe('same')
  for (const site of ['cross-site', 'same-site', 'none']) {
    expect(of({ 'sec-fetch-site': site, origin: 'http://localhost:3000' })).toBe('foreign')
  }
})

test('else compares the origin with scheme, name and port of the console', () => {
  expect(of({ origin: 'http://localhost:3000' })).toBe('same')
  expect(of({ origin: 'https://localhost:3000' })).toBe('foreign')
  expect(of({ origin: 'http://localhost:3001' })).toBe('foreign')
  expect(of({ origin: 'null' })).toBe('foreign')
  expect(of({ origin: 'https://mush.example' }, { peer: '', host: 'mush.example', isHttps: true })).toBe('same')
})

test('takes nothing for granted where neither is said', () => {
  expect(of({})).toBe('unproven')
})
