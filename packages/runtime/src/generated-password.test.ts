import { expect, test } from 'vitest'
import { generatePassword } from './generated-password.ts'

test('makes passwords of four groups, without letters that are mistaken for one another, and never the same', () => {
  const made = Array.from({ length: 200 }, () => generatePassword())
  for (const password of made) expect(password).toMatch(/^[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}$/)
  expect(new Set(made).size).toBe(made.length)
})

test('uses every letter', () => {
  let next = 0
  const all = Array.from({ length: 4 }, () => generatePassword((below) => next++ % below)).join('')
  expect(new Set(all.replaceAll('-', '')).size).toBe(31)
})
