import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import {
  type AuditRecord,
  auditRecordSchema,
  type Finding,
  type ShownEvent,
  type Sid,
  shownEventSchema,
} from '../../src/contracts/index.ts'
import { createKafka, createLogReader, decode, TOPICS } from '../../src/index.ts'

export interface ToyConsole {
  /** Everything that was shown, in order. */
  readonly shown: readonly ShownEvent[]
  readonly audited: readonly AuditRecord[]
  /** Waits for a finding about the session; it must come within 15 s of now. */
  finds(sid: Sid): Promise<Finding>
  heals(sid: Sid): Promise<ShownEvent>
  /** Findings about the session so far. */
  findingsOf(sid: Sid): Finding[]
  stop(): Promise<void>
}

/** The longest that a difference between copies may take to be seen. */
const SEEN_WITHIN_MS = 15_000

/** What a console reads of findings, their healing and their repairs. */
export async function startToyConsole(brokers: string): Promise<ToyConsole> {
  const shown: ShownEvent[] = []
  const audited: AuditRecord[] = []
  const trouble: string[] = []
  const kafka = createKafka({ brokers: [brokers], clientId: 'toy-console', onWarning: (text) => trouble.push(text) })
  const common = { kafka, clock: systemClock, from: 'end' as const, onReopened: (text: string) => trouble.push(text) }
  const events = await createLogReader({
    ...common,
    topic: TOPICS.events,
    partitions: [0, 1, 2, 3],
    onRecord({ value }) {
      const decoded = decode(shownEventSchema, value)
      if (decoded.ok) shown.push(decoded.value)
    },
  })
  const audits = await createLogReader({
    ...common,
    topic: TOPICS.audit,
    partitions: [0],
    onRecord({ value }) {
      const decoded = decode(auditRecordSchema, value)
      if (decoded.ok) audited.push(decoded.value)
    },
  })
  const findingsOf = (sid: Sid): Finding[] =>
    shown.flatMap((event) =>
      event.type === 'divergence.found' && event.sid === sid && event.finding ? [event.finding] : [],
    )
  return {
    shown,
    audited,
    findingsOf,
    finds: (sid) => waitUntil(() => findingsOf(sid)[0], { timeoutMs: SEEN_WITHIN_MS, what: `a finding about ${sid}` }),
    heals: (sid) =>
      waitUntil(() => shown.find((event) => event.type === 'divergence.healed' && event.sid === sid), {
        timeoutMs: SEEN_WITHIN_MS,
        what: `the healing of ${sid}`,
      }),
    async stop() {
      await events.close()
      await audits.close()
    },
  }
}
