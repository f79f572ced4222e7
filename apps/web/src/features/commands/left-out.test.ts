import { createSid, type Sid } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { leavingOut, WHO } from './left-out.ts'

const sidOf = (number: number): Sid => createSid(`01ARZ3NDEKTSV4RRFFQ000000${number}`)
const sids = [1, 2, 3, 4].map(sidOf)
const set = (...numbers: number[]): ReadonlySet<Sid> => new Set(numbers.map(sidOf))

it('says whom a command leaves out, how many, and why, each once', () => {
  const own = { sids: set(1), who: WHO.own }
  const wizards = { sids: set(1, 2, 3, 9), who: WHO.wizards }
  expect(leavingOut(sids, [own, wizards])).toEqual({ sids: [sidOf(4)], text: 'leaves out 3: yourself, 2 wizards' })
  expect(leavingOut([sidOf(2), sidOf(4)], [own, wizards]).text).toBe('leaves out 1: a wizard')
  expect(leavingOut(sids, [{ sids: set(2), who: WHO.replaced }]).text).toBe(
    'leaves out 1: 1 with somebody else on it by now',
  )
})

it('says nothing where nobody is left out', () => {
  expect(leavingOut(sids, [{ sids: set(9), who: WHO.wizards }])).toEqual({ sids, text: null })
})
