import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { sessionEventSchema } from '../contracts/index.ts'
import { createSeal } from '../kafka/seal.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'
import { recordingBatcher } from '../testing/stand-ins.ts'
import { createToyGame } from '../testing/toy-game.ts'
import type { Game } from './game.ts'
import { createOutbox } from './outbox.ts'
import { createQuestionWorker } from './question-worker.ts'

const sid = sidOf(1)
const seal = createSeal('a secret of this test')
const waiting = sessionOf(sid, {
  waitingFor: { id: '5:0:0', kind: 'toy', sealed: seal.seal('Ada pw', 'question', sid), parked: [] },
})

function setUp(work: Game['work']) {
  const clock = manualClock(AT)
  const batcher = recordingBatcher()
  const failures: string[] = []
  const worker = createQuestionWorker({
    game: { ...createToyGame(), work },
    seal,
    outbox: createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: () => 0 }),
    clock,
    random: () => 0.5,
    storeBinding: () => Promise.resolve('stored'),
    onFailed: (problem) => failures.push(problem),
  })
  const answers = () =>
    batcher.sent.map(({ value }) => {
      const event = sessionEventSchema.parse(JSON.parse(value ?? 'null'))
      if (event.type !== 'command' || event.command.kind !== 'answer') throw new Error('no answer')
      return { id: event.id, to: event.command.to, text: seal.open(event.command.sealed, 'answer', sid) }
    })
  return { clock, worker, failures, answers }
}

test('answers a question with a sealed record that is named after it', async () => {
  const { clock, worker, answers } = setUp(
    async (_, { kind, content }, tools) => `${kind} ${content} ${await tools.storeBinding()}`,
  )
  worker.start(waiting)
  await clock.advance(0)
  expect(answers()).toEqual([{ id: 'a:5:0:0', to: '5:0:0', text: 'toy Ada pw stored' }])
})

test('works once on a question that is asked again while it is under way', async () => {
  let begun = 0
  const { clock, worker, answers } = setUp(async () => {
    begun++
    await clock.sleep(100)
    return 'yes'
  })
  worker.start(waiting)
  worker.start(waiting)
  await clock.advance(100)
  expect([begun, answers().length]).toEqual([1, 1])
})

test('tries again with back-off until there is an answer, and tells of each failure', async () => {
  let tries = 0
  const { clock, worker, answers, failures } = setUp(() =>
    ++tries < 3 ? Promise.reject(new Error('no')) : Promise.resolve('yes'),
  )
  worker.start(waiting)
  await clock.advance(5_000)
  expect(failures.map((trace) => trace.split('\n')[0])).toEqual(['Error', 'Error']) // where, never what: it may hold player text
  expect(failures.join()).not.toContain('Error: no')
  expect(answers()).toHaveLength(1)
})

test('answers nothing once the partition is another’s, and tells the work so', async () => {
  let signal: AbortSignal | undefined
  const { clock, worker, answers } = setUp(async (_, __, tools) => {
    signal = tools.signal
    await clock.sleep(100)
    return 'late'
  })
  worker.start(waiting)
  await clock.advance(50)
  worker.close()
  expect(signal?.aborted).toBe(true)
  await clock.advance(10_000)
  worker.start(waiting)
  await clock.advance(10_000)
  expect(answers()).toEqual([])
})

test('stops trying when it is closed', async () => {
  let tries = 0
  const { clock, worker } = setUp(() => {
    tries++
    return Promise.reject(new Error('no'))
  })
  worker.start(waiting)
  await clock.advance(100)
  worker.close()
  await clock.advance(10_000)
  const before = tries
  await clock.advance(60_000)
  expect(tries).toBe(before)
  expect(clock.pendingTimers()).toBe(0)
})
