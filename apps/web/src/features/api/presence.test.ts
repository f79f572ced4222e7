import { expect, test } from 'vitest'
import { AWAY_AFTER_MS, createPresence } from './presence.ts'

const markOf = (init: RequestInit | undefined): string | null => new Headers(init?.headers).get('x-holdfast-background')

test('marks what a page asks by itself once nobody has touched it for a minute, and keeps its other headers', () => {
  let now = 5
  const presence = createPresence(() => now)
  const asked = { headers: { accept: 'application/json' } }
  now += AWAY_AFTER_MS
  expect(presence.mark(asked)).toBe(asked)
  now += 1
  const marked = presence.mark(asked)
  expect(markOf(marked)).toBe('1')
  expect(new Headers(marked?.headers).get('accept')).toBe('application/json')
  expect(markOf(presence.mark(undefined))).toBe('1')
  presence.touched()
  expect(markOf(presence.mark(asked))).toBeNull()
})
