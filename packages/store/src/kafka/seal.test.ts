import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSeal, type SealPurpose } from './seal.ts'

const seal = createSeal('a secret of this test')
const purpose = fc.constantFrom<SealPurpose[]>('input', 'question', 'answer')
const text = fc.string({ unit: 'grapheme' })

test('opens what it sealed, for the same purpose and subject only', () => {
  fc.assert(
    fc.property(text, purpose, text, purpose, text, (line, sealedFor, subject, otherPurpose, otherSubject) => {
      const sealed = seal.seal(line, sealedFor, subject)
      expect(seal.open(sealed, sealedFor, subject)).toBe(line)
      if (otherPurpose !== sealedFor) expect(seal.open(sealed, otherPurpose, subject)).toBeNull()
      if (otherSubject !== subject) expect(seal.open(sealed, sealedFor, otherSubject)).toBeNull()
    }),
  )
})

test('opens nothing under another secret', () => {
  expect(createSeal('another secret').open(seal.seal('connect Ada pw', 'input', 's'), 'input', 's')).toBeNull()
})

test('opens nothing that was altered in any bit or cut at any byte', () => {
  const bytes = Buffer.from(seal.seal('connect Ada pw', 'input', 's'), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const altered = Buffer.from(bytes)
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(seal.open(altered.toString('base64url'), 'input', 's')).toBeNull()
  }
  for (let length = 0; length < bytes.length; length++) {
    expect(seal.open(bytes.subarray(0, length).toString('base64url'), 'input', 's')).toBeNull()
  }
})

test('answers for every text that is no seal', () => {
  fc.assert(fc.property(text, (forged) => seal.open(forged, 'input', 's') === null))
})

test('shows nobody that two lines are the same, nor a line’s text', () => {
  const [one, two] = [seal.seal('hunter2-hunter2', 'input', 's'), seal.seal('hunter2-hunter2', 'input', 's')]
  expect(one).not.toBe(two)
  expect(Buffer.from(one, 'base64url').includes('hunter2')).toBe(false)
})
