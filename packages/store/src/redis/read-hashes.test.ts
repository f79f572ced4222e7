import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { isStoredHash } from './read-hashes.ts'

const schema = z.union([z.array(z.string()), z.enum(['none', 'other'])])

test('takes for a stored hash exactly what its schema takes', () => {
  const answer = fc.oneof(
    fc.anything(),
    fc.array(fc.string()),
    fc.array(fc.oneof(fc.string(), fc.anything())),
    fc.constantFrom('none', 'other', 'None', ''),
  )
  fc.assert(
    fc.property(answer, (value) => {
      expect(isStoredHash(value)).toBe(schema.safeParse(value).success)
    }),
    { numRuns: 2_000 },
  )
})
