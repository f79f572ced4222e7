import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { sharedServices } from '@holdfast/stack/testing'
import { afterEach, expect, test } from 'vitest'
import {
  type BeatContent,
  createBatcher,
  createKafka,
  ensureTopics,
  openControlBoard,
  startBeats,
} from '../../src/index.ts'
import { QUIET_CONTENT } from '../../src/testing/beats.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const content = (): BeatContent => ({ ...QUIET_CONTENT, sessions: 3, partitions: [1, 2] })

async function boardOf(incarnation: string) {
  const kafka = createKafka({
    brokers: [sharedServices().kafkaBrokers],
    clientId: incarnation,
    onWarning: () => undefined,
  })
  await ensureTopics(kafka, systemClock, 20_000, new AbortController().signal)
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: () => undefined })
  const board = await openControlBoard({ kafka, batcher, clock: systemClock, incarnation, onReopened: () => undefined })
  open.push(
    () => batcher.close(1_000),
    () => board.close(),
  )
  return { board, beats: () => startBeats({ clock: systemClock, board, incarnation, content }) }
}

test('tells who lives: at once for who begins later, and not for who has said goodbye', async () => {
  const first = await boardOf('board-first')
  expect(first.board.echoMs).toBe(Number.POSITIVE_INFINITY)
  const beats = first.beats()
  await waitUntil(() => first.board.echoMs < 1_000, { what: 'the own beat' })
  const second = await boardOf('board-second')
  expect(second.board.isAlive('board-first')).toBe(true)
  expect(second.board.beatOf('board-first')?.beat).toMatchObject({ sessions: 3, partitions: [1, 2], isLeaving: false })
  expect(second.board.isAlive('board-second')).toBe(false)
  beats.close()
  await waitUntil(() => !second.board.isAlive('board-first'), { what: 'the goodbye' })
})

test('hands a record to who listens for its kind', async () => {
  const { board } = await boardOf('board-third')
  const heard: string[] = []
  const off = board.on('ask', ({ what, partitions }) => heard.push(`${what} ${partitions}`))
  const ask = { v: 1, kind: 'ask', id: 'ask-1', at: 0, from: 'board-third', gateway: null } as const
  board.send({ ...ask, what: 'digest', partitions: [7] })
  await waitUntil(() => heard.length === 1, { what: 'the question' })
  off()
  board.send({ ...ask, what: 'digest', partitions: [8] })
  const beats = startBeats({ clock: systemClock, board, incarnation: 'board-third', content })
  await waitUntil(() => board.echoMs < 1_000, { what: 'what came after it' })
  beats.close()
  expect(heard).toEqual(['digest 7'])
})
