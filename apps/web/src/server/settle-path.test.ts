import { expect, test } from 'vitest'
import { settlePath } from './settle-path.ts'

test('a path of the API that cannot be decoded is one that names nothing', () => {
  expect(settlePath('/api/commands/%E0%A4%A?x=1')).toBe('/api/undecodable')
})

test('all else stays as it came', () => {
  for (const url of ['/api/commands/%E0%A4%A4?x=%E0%A4%A', '/api/sessions', '/sessions/%E0%A4%A', '*', '']) {
    expect(settlePath(url)).toBe(url)
  }
})
