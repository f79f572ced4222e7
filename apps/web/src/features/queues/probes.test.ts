import { createSid, type Queues } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { probesOf } from './probes.ts'

const sidOf = (n: number) => createSid(`01ARZ3NDEKTSV4RRFFQ000000${n}`)
const process = (id: string, breaker: Queues['processes'][number]['breaker']): Queues['processes'][number] => ({
  id,
  pending: 1,
  retrying: 1,
  dead: 0,
  oldestMs: 0,
  breaker,
  nextProbeAt: null,
  inPerS: 0,
  outPerS: 0,
  writeMs: null,
  ofBound: 0,
})
const entry = (n: number, at: string, kind: Queues['entries'][number]['kind']): Queues['entries'][number] => ({
  entry: `${sidOf(n)}@server`,
  since: '2026-11-24T02:14:08.000Z',
  attempts: 1,
  nextAt: null,
  error: null,
  kind,
  sid: sidOf(n),
  process: at,
  fields: ['room'],
})

test('probes with one write of each process whose breaker is not closed, and never with a dead letter', () => {
  const queues: Queues = {
    rev: 1,
    asOf: '2026-11-24T02:14:08.000Z',
    sources: [],
    processes: [
      process('srv-1', 'open'),
      process('srv-2', 'closed'),
      process('gw-1', 'half-open'),
      process('gw-2', 'open'),
    ],
    entries: [
      entry(1, 'srv-1', 'dead'),
      entry(2, 'srv-1', 'retrying'),
      entry(3, 'srv-1', 'retrying'),
      entry(4, 'srv-2', 'retrying'),
      entry(2, 'gw-1', 'pending'),
    ],
  }
  expect(probesOf(queues)).toEqual({ sids: [sidOf(2)], processes: ['srv-1', 'gw-1'] })
  expect(probesOf({ ...queues, entries: [] })).toEqual({ sids: [], processes: [] })
})
