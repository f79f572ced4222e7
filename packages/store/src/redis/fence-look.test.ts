import { expect, test } from 'vitest'
import { judgeFence } from './fence-look.ts'

const held = { partition: 3, epoch: 700, acknowledged: 12 }
const US = 'server-1'

test.each([
  ['is ours and has all that it acknowledged', { owner: US, epoch: 700, flushSequence: 12 }, 'intact'],
  ['has a flush more, whose answer is on its way', { owner: US, epoch: 700, flushSequence: 13 }, 'intact'],
  ['is behind what it acknowledged', { owner: US, epoch: 700, flushSequence: 11 }, 'rolled-back'],
  ['is of an earlier time of ours', { owner: US, epoch: 650, flushSequence: 90 }, 'rolled-back'],
  ['is of an owner before us', { owner: 'server-0', epoch: 650, flushSequence: 90 }, 'rolled-back'],
  ['was acquired by another after us', { owner: 'server-2', epoch: 701, flushSequence: 12 }, 'taken'],
  ['knows nobody', { owner: null, epoch: 0, flushSequence: 0 }, 'vanished'],
] as const)('a store that %s: %o is %s', (_, stored, state) => {
  expect(judgeFence(held, US, stored)).toBe(state)
})
