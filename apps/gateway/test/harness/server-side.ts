import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { createBatcher, createKafka, createLogReader, createSeal, encode, TOPICS } from '@holdfast/store'
import {
  type OutputPart,
  type OutputRecord,
  PARTITIONS,
  type PartitionEvent,
  partitionOf,
  type SessionEvent,
  type SessionEventOf,
  type Sid,
  sessionTopicSchema,
} from '@holdfast/store/contracts'

export const SECRET = 'a secret that only tests use'

export interface Session {
  readonly sid: Sid
  readonly established: SessionEventOf<'connection.established'>
}

export interface ServerSide {
  /** What gateways have written of a session, in order. */
  of(sid: Sid): SessionEvent[]
  /** What gateways have told of all they hold in a partition, in order. */
  ofPartition(partition: number): PartitionEvent[]
  /** The values of all records so far, as they lie in the log. */
  raw(): string
  /** The next session that nobody has asked for yet. */
  nextSession(): Promise<Session>
  /** The session's first event of a type (and there is only one so far where `count` is not given). */
  event<T extends SessionEvent['type']>(sid: Sid, type: T): Promise<SessionEventOf<T>>
  /** The lines typed so far, opened, with their numbers. */
  lines(sid: Sid): { inputSequence: number; line: string | null }[]
  untilLines(sid: Sid, count: number): Promise<{ inputSequence: number; line: string | null }[]>
  /** Shows something to sessions of one slot; what is not given is a new cause of the first one's partition. */
  speak(to: readonly Session[], data: readonly OutputPart[], record?: Partial<OutputRecord>): Promise<OutputRecord>
  /** Any record into the slot of a session's gateway. */
  write(session: Session, value: string): Promise<void>
  close(): Promise<void>
}

/** The test as the server: reads the session topic, answers through the gateway's slot. Topics must be there already. */
export async function createServerSide(brokers: string): Promise<ServerSide> {
  const kafka = createKafka({ brokers: [brokers], clientId: 'test-server', onWarning: () => undefined })
  const seal = createSeal(SECRET)
  const events: SessionEvent[] = []
  const told: { partition: number; event: PartitionEvent }[] = []
  const values: string[] = []
  const given = new Set<Sid>()
  let offset = 0
  const reader = await createLogReader({
    kafka,
    clock: systemClock,
    topic: TOPICS.session,
    partitions: Array.from({ length: PARTITIONS }, (_, partition) => partition),
    from: 'end',
    onRecord({ partition, value }) {
      values.push(String(value))
      const record = sessionTopicSchema.parse(JSON.parse(String(value)))
      if ('sid' in record) events.push(record)
      else told.push({ partition, event: record })
    },
    onReopened: (problem) => {
      throw new Error(problem)
    },
  })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: () => undefined })

  const of = (sid: Sid): SessionEvent[] => events.filter((event) => event.sid === sid)
  const isOfType =
    <T extends SessionEvent['type']>(type: T) =>
    (event: SessionEvent): event is SessionEventOf<T> =>
      event.type === type
  const lines = (sid: Sid) =>
    of(sid)
      .filter(isOfType('input'))
      .map(({ inputSequence, sealed }) => ({ inputSequence, line: seal.open(sealed, 'input', sid) }))

  const write = async ({ established }: Session, value: string): Promise<void> => {
    batcher.send({ topic: TOPICS.out, partition: established.fields.slot, key: null, value })
    await batcher.acknowledged(batcher.position())
  }

  return {
    of,
    ofPartition: (partition) => told.filter((each) => each.partition === partition).map(({ event }) => event),
    raw: () => values.join('\n'),
    async nextSession() {
      const established = await waitUntil(
        () => events.filter(isOfType('connection.established')).find(({ sid }) => !given.has(sid)),
        { what: 'a new session in the log', timeoutMs: 10_000 },
      )
      given.add(established.sid)
      return { sid: established.sid, established }
    },
    event: (sid, type) =>
      waitUntil(() => of(sid).find(isOfType(type)), { what: `${type} in the log`, timeoutMs: 10_000 }),
    lines,
    async untilLines(sid, count) {
      await waitUntil(() => lines(sid).length >= count, { what: `${count} lines in the log`, timeoutMs: 20_000 })
      return lines(sid)
    },
    async speak(to, data, record = {}) {
      const [first] = to
      if (first === undefined) throw new Error('nobody to speak to')
      const cause = { partition: partitionOf(first.sid), offset: ++offset, index: 0 }
      // Rising with each record, so that no test's records are older than another's.
      const output: OutputRecord = {
        v: 1,
        to: to.map(({ sid }) => sid),
        cause,
        epoch: offset,
        data: [...data],
        ...record,
      }
      await write(first, encode(output))
      return output
    },
    write,
    async close() {
      await Promise.all([batcher.close(1_000), reader.close()])
    },
  }
}
