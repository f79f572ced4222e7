import { expect, test } from 'vitest'
import { withoutPassword } from './secret-line.ts'

test.each([
  ['connect Ann secret', 'connect Ann ••••••'],
  ['CREATE "Old Tamsin" two words', 'CREATE "Old Tamsin" ••••••'],
  ['  co Ann x', '  co Ann ••••••'],
  ['ch Ann x', 'ch Ann ••••••'],
  ['@password old=new', '@password ••••••'],
])('masks the password in %j', (line, masked) => {
  expect(withoutPassword(line)).toBe(masked)
})

test.each(['connect Ann', 'create Ann ', 'say connect Ann secret', 'look', 'check the door', '@pref a=b', ''])(
  'finds none in %j',
  (line) => {
    expect(withoutPassword(line)).toBeNull()
  },
)
