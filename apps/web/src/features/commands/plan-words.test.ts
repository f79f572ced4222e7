import { createSid, type PlanRow } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { directionsOf, skippedOf } from './plan-words.ts'

const sid = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const row = (field: string, to: PlanRow['to'], skipped?: string): PlanRow => ({
  sid,
  field,
  to,
  before: '1',
  after: '2',
  skipped,
})

it('a plan says from which copy to which, and how much, without what is left alone', () => {
  const plan = [
    row('room', 'redis'),
    row('meta:prompt', 'redis'),
    row('client', 'redis'),
    row('player', 'gateway'),
    row('x', 'redis', 'a write is on its way'),
  ]
  expect(directionsOf(plan).map(({ text, count }) => `${text}: ${count}`)).toEqual([
    'Server memory to Redis: 2',
    'Gateway memory to Redis: 1',
    'Server memory to Gateway memory: 1',
  ])
  expect(skippedOf(plan)).toEqual([{ reason: 'a write is on its way', count: 1 }])
})

it('with Redis as the truth everything comes from there', () => {
  expect(directionsOf([row('room', 'server'), row('client', 'gateway')], 'redis').map(({ text }) => text)).toEqual([
    'Redis to Server memory',
    'Redis to Gateway memory',
  ])
})
