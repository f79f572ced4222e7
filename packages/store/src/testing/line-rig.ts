import { manualClock } from '@holdfast/runtime/testing'
import {
  type OutputRecord,
  outputRecordSchema,
  type SessionRecord,
  type SessionTopicRecord,
  type Sid,
} from '../contracts/index.ts'
import { encode } from '../kafka/envelope.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import { createSeal } from '../kafka/seal.ts'
import type { OrderParts } from '../orders/order-parts.ts'
import { createOutbox } from '../partition/outbox.ts'
import { createOwnedPartition } from '../partition/owned-partition.ts'
import { createPartitionLine } from '../partition/partition-line.ts'
import { createStateReplica } from '../replica/state-replica.ts'
import { AT, command, input, sessionOf, sidsOf } from './fixtures.ts'
import { orderParts, recordingBatcher } from './stand-ins.ts'
import { createToyGame } from './toy-game.ts'

export const PARTITION = 5
export const [a, b] = twoSids()
export const seal = createSeal('a secret of this test')

function twoSids(): [Sid, Sid] {
  const [first, second] = sidsOf(PARTITION, 2)
  if (!first || !second) throw new Error('no sids')
  return [first, second]
}

/** A partition's line of work with a toy game, and everything that it did. */
export function layLine(
  sessions: readonly SessionRecord[] = [sessionOf(a), sessionOf(b)],
  parts: Partial<OrderParts> = {},
) {
  const clock = manualClock(AT)
  const batcher = recordingBatcher()
  const replica = createStateReplica()
  const game = createToyGame()
  const owned = createOwnedPartition(PARTITION, clock, null)
  Object.assign(owned, { epoch: 7, next: 0, fetched: 0, loaded: true, ready: true })
  for (const session of sessions) {
    owned.sessions.put(structuredClone(session), true)
    replica.putOwn(owned.sessions.get(session.sid) ?? session, 7)
  }
  const life = { isCurrent: true }
  const heard: string[] = []
  const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: (sid) => replica.get(sid)?.slot })
  const line = createPartitionLine({
    owned,
    game,
    seal,
    replica,
    outbox,
    batcher,
    clock,
    isCurrent: () => life.isCurrent,
    orders: orderParts(parts),
    events: {
      onDropped: (why) => heard.push(`dropped ${why}`),
      onSkippedInputs: (_, count) => heard.push(`skipped ${count}`),
      onPoison: () => heard.push('poison'),
      onProgress: ({ next }) => heard.push(`next ${next}`),
      onAsked: (_, { sid }) => heard.push(`asked ${sid}`),
      onPartitionEvent: (_, { type, from }, at) => heard.push(`${type} of ${from} at ${at}`),
      onRoom: () => heard.push('room'),
    },
  })
  let offset = 0
  const recordOf = (value: string): LogRecord => ({
    partition: PARTITION,
    offset: offset++,
    key: null,
    value: Buffer.from(value),
  })
  const feed = (...events: SessionTopicRecord[]) => line.enqueue(events.map((event) => recordOf(encode(event))))
  const settle = () => clock.advance(0)
  const outputs = (): OutputRecord[] =>
    batcher.sent
      .filter(({ topic }) => topic === 'holdfast.out')
      .map(({ value }) => outputRecordSchema.parse(JSON.parse(value ?? 'null')))
  const texts = () => outputs().flatMap(({ data }) => data.map((part) => ('text' in part ? part.text : part.kind)))
  const done = () => outputs().flatMap((output) => (output.done ? [output.done.inputSequence] : []))
  const letters = () => batcher.sent.filter(({ topic }) => topic === 'holdfast.dead-letter').length
  return {
    clock,
    batcher,
    replica,
    game,
    owned,
    life,
    heard,
    line,
    feed,
    recordOf,
    settle,
    outputs,
    texts,
    done,
    letters,
  }
}

/** A line that a player typed, sealed. */
export const typed = (inputSequence: number, line: string, sid = a) =>
  input({ sid, inputSequence, at: AT + inputSequence, sealed: seal.seal(line, 'input', sid) })
export const answer = (to: string, text: string, sid = a) =>
  command({ sid, id: `a:${to}`, command: { kind: 'answer', to, sealed: seal.seal(text, 'answer', sid) } })
export const moved = (id: string) => command({ sid: a, id, command: { kind: 'moved', room: '#2' } })
