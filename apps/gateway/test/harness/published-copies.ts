import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { createKafka, createLogReader, TOPICS } from '@holdfast/store'
import { PARTITIONS, type Sid, type StateRecordOf, stateRecordSchema } from '@holdfast/store/contracts'

export type PublishedCopy = StateRecordOf<'connection'>

export interface PublishedCopies {
  /** The copy of a session as it stands now; null where it was taken back or never came. */
  copy(sid: Sid): PublishedCopy | null
  /** How often a copy of the session was published. */
  times(sid: Sid): number
  /** Waits for a copy that is so. */
  until(sid: Sid, isSo: (copy: PublishedCopy) => boolean, what: string, timeoutMs?: number): Promise<PublishedCopy>
  untilTakenBack(sid: Sid): Promise<void>
  close(): Promise<void>
}

/** Reads what gateways publish of their memory, as a console does. Topics must be there already. */
export async function readCopies(brokers: string): Promise<PublishedCopies> {
  const kafka = createKafka({ brokers: [brokers], clientId: 'test-copies', onWarning: () => undefined })
  const copies = new Map<string, PublishedCopy>()
  const counts = new Map<string, number>()
  const takenBack = new Set<string>()
  const reader = await createLogReader({
    kafka,
    clock: systemClock,
    topic: TOPICS.state,
    partitions: Array.from({ length: PARTITIONS }, (_, partition) => partition),
    from: 'end',
    onRecord({ key, value }) {
      if (!key?.endsWith('/gateway')) return
      if (value === null) {
        copies.delete(key)
        takenBack.add(key)
        return
      }
      const record = stateRecordSchema.parse(JSON.parse(String(value)))
      if (record.kind !== 'connection' || key !== `${record.sid}/gateway`) throw new Error(`${record.kind} as ${key}`)
      copies.set(key, record)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    onReopened: (problem) => {
      throw new Error(problem)
    },
  })
  const keyOf = (sid: Sid): string => `${sid}/gateway`
  const copy = (sid: Sid): PublishedCopy | null => copies.get(keyOf(sid)) ?? null
  return {
    copy,
    times: (sid) => counts.get(keyOf(sid)) ?? 0,
    until: (sid, isSo, what, timeoutMs = 10_000) =>
      waitUntil(
        () => {
          const now = copy(sid)
          return now && isSo(now) ? now : null
        },
        { what, timeoutMs },
      ),
    async untilTakenBack(sid) {
      await waitUntil(() => takenBack.has(keyOf(sid)), { what: 'the copy taken back', timeoutMs: 10_000 })
    },
    close: () => reader.close(),
  }
}
