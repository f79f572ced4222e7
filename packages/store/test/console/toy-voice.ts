import { systemClock } from '@holdfast/runtime'
import { partitionOf, type StateRecord, type WaitingWrite } from '../../src/contracts/index.ts'
import { createBatcher, createKafka, encode, startBeats, TOPICS } from '../../src/index.ts'
import { QUIET_CONTENT } from '../../src/testing/beats.ts'
import type { ToySession } from '../scenarios/toy-gateway.ts'

export interface ToyVoice {
  /** Its memory copy of a connection; null: it is over. */
  holds(session: ToySession, pending?: WaitingWrite | null): void
  lets(session: ToySession): void
  settled(): Promise<void>
  stop(): Promise<void>
}

/** What the toy gateway says beside its events: that it lives, and what it holds. */
export function startToyVoice(brokers: string): ToyVoice {
  const trouble: string[] = []
  const onWarning = (message: string): void => void trouble.push(message)
  const kafka = createKafka({ brokers: [brokers], clientId: 'toy-voice', onWarning })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: onWarning })
  const beats = startBeats({
    clock: systemClock,
    incarnation: 'toy-gateway',
    board: {
      send: (record) => batcher.send({ topic: TOPICS.control, partition: 0, key: null, value: encode(record) }),
    },
    content: () => ({ ...QUIET_CONTENT, role: 'gateway', slot: 7 }),
  })
  const tell = ({ sid }: ToySession, record: StateRecord | null): void =>
    batcher.send({
      topic: TOPICS.state,
      partition: partitionOf(sid),
      key: `${sid}/gateway`,
      value: record && encode(record),
    })
  return {
    holds(session, pending = null) {
      const { sid, fields } = session
      const known = { player: null, loginState: 'connected' as const }
      tell(session, { v: 1, kind: 'connection', at: Date.now(), sid, fields, ...known, pending })
    },
    lets: (session) => tell(session, null),
    settled: () => batcher.acknowledged(batcher.position()),
    async stop() {
      beats.close()
      await batcher.close(1_000)
    },
  }
}
