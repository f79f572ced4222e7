import type { Clock } from '@holdfast/runtime'
import {
  type AuditRecord,
  type Cause,
  causeId,
  type DeadLetter,
  type Finding,
  type OutputPart,
  type OutputRecord,
  partitionOf,
  type SessionCommand,
  type SessionEvent,
  type SessionEventOf,
  type SessionRecord,
  type ShownEvent,
  type Sid,
  type StateRecord,
  type WaitingWrite,
} from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import { encode } from '../kafka/envelope.ts'
import { TOPICS } from '../kafka/topics.ts'

/** Listeners named in one record; a longer list makes more records of the same cause, each listener in one of them. */
const LISTENERS_PER_RECORD = 2_000
const EVENT_PARTITIONS = 4

type DeadLetterOf<K extends DeadLetter['kind']> = Extract<DeadLetter, { kind: K }>

export interface Done {
  sid: Sid
  inputSequence: number
}

export interface Speech {
  to: readonly Sid[]
  parts: readonly OutputPart[]
  cause: Cause
  epoch: number
}

export interface Outbox {
  /** One speech to all its listeners: a record per gateway slot. Returns whether `done` went with it. */
  speak(speech: Speech & { done: Done | null }): boolean
  /** What connections of one slot are sent, whatever is known of their sessions. */
  tellSlot(slot: number, speech: Speech): void
  /** What an owner says of a connection in its gateway's stead; `id` names it for ever. */
  lifecycle(to: SessionRecord, event: LifecycleContent, id: string): void
  /** A record for a session's partition, named after its cause: a repeat has the same id. */
  command(to: SessionRecord, command: SessionCommand, id: string): void
  publish(record: SessionRecord, epoch: number, pending: WaitingWrite | null): void
  /** Also takes back what its gateway published, unless that still holds it (false where nothing is given): it will itself then. */
  publishEnded(ended: Extract<StateRecord, { kind: 'ended' }>, isHeld?: boolean): void
  publishPosition(partition: number, epoch: number, offset: number): void
  /** Null for a session that ended long ago: compaction may forget it. */
  forget(sid: Sid): void
  /** `finding`: of `divergence.found` only. */
  show(type: ShownEvent['type'], sid: Sid | null, detail: ShownEvent['detail'], id: string, finding?: Finding): void
  /** For `holdfast.audit`, keyed by its id: of several records with one id, the first counts. */
  audit(record: AuditContent): void
  /** A record of the log that could not be applied. */
  deadLetter(letter: Pick<DeadLetterOf<'record'>, 'partition' | 'offset' | 'reason'>): void
  /** Fields of a session that Redis refuses for good. */
  deadWrite(letter: Pick<DeadLetterOf<'write'>, 'sid' | 'fields' | 'reason'>): void
}

/** What becomes of a connection whose gateway cannot say it. */
export type LifecycleContent =
  | Pick<SessionEventOf<'connection.closed'>, 'type' | 'reason'>
  | Pick<SessionEventOf<'connection.detached'>, 'type' | 'reason' | 'gatewayRevision' | 'detachedUntil'>

/** An audit record without what every one has. */
export type AuditContent = DistributiveOmit<AuditRecord, 'v' | 'at' | 'from'>
type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never

export interface OutboxOptions {
  batcher: Batcher
  clock: Clock
  /** This process, as `from`. */
  incarnation: string
  /** Where a session's connection is, or was last. */
  slotOf: (sid: Sid) => number | undefined
}

/** Everything a server says to others, in Kafka's records; all of it through one batcher, so that one mark covers it. */
export function createOutbox({ batcher, clock, incarnation, slotOf }: OutboxOptions): Outbox {
  const state = (partition: number, key: string, record: StateRecord | null): void => {
    batcher.send({ topic: TOPICS.state, partition, key, value: record && encode(record) })
  }

  const letterHead = <K extends DeadLetter['kind']>(kind: K, partition: number, reason: string) =>
    ({ v: 1, kind, at: clock.now(), from: incarnation, partition, reason }) as const

  const sendLetter = (key: string, letter: DeadLetter): void =>
    batcher.send({ topic: TOPICS.deadLetter, partition: 0, key, value: encode(letter) })

  const bySlot = (to: readonly Sid[]): Map<number, Sid[]> => {
    const slots = new Map<number, Sid[]>()
    for (const sid of to) {
      const slot = slotOf(sid)
      if (slot === undefined) continue
      const sids = slots.get(slot)
      if (sids) sids.push(sid)
      else slots.set(slot, [sid])
    }
    return slots
  }

  /** Returns whether `done` went with it. */
  const tellSlot = (slot: number, { to, parts, cause, epoch }: Speech, done: Done | null = null): boolean => {
    let told = false
    for (let i = 0; i < to.length; i += LISTENERS_PER_RECORD) {
      const listeners = to.slice(i, i + LISTENERS_PER_RECORD)
      const record: OutputRecord = { v: 1, to: listeners, cause, epoch, data: [...parts] }
      if (done && listeners.includes(done.sid)) {
        record.done = done
        told = true
      }
      batcher.send({ topic: TOPICS.out, partition: slot, key: null, value: encode(record) })
    }
    return told
  }

  const log = (event: SessionEvent): void =>
    batcher.send({ topic: TOPICS.session, partition: partitionOf(event.sid), key: event.sid, value: encode(event) })

  return {
    speak({ to, done, ...rest }) {
      let told = false
      for (const [slot, sids] of bySlot(to)) told = tellSlot(slot, { ...rest, to: sids }, done) || told
      return told
    },
    tellSlot: (slot, speech) => void tellSlot(slot, speech),
    lifecycle({ sid, connectionEpoch }, event, id) {
      log({ v: 1, id, at: clock.now(), sid, connectionEpoch, from: incarnation, ...event })
    },
    command({ sid, connectionEpoch }, command, id) {
      log({ v: 1, type: 'command', id, at: clock.now(), sid, connectionEpoch, from: incarnation, command })
    },
    publish(record, epoch, pending) {
      const { sid } = record
      state(partitionOf(sid), `${sid}/server`, {
        v: 1,
        kind: 'session',
        epoch,
        at: clock.now(),
        owner: incarnation,
        record,
        pending,
      })
    },
    publishEnded(ended, isHeld = false) {
      state(partitionOf(ended.sid), `${ended.sid}/server`, ended)
      if (!isHeld) state(partitionOf(ended.sid), `${ended.sid}/gateway`, null)
    },
    publishPosition(partition, epoch, offset) {
      state(partition, `${partition}/position`, {
        v: 1,
        kind: 'position',
        epoch,
        at: clock.now(),
        owner: incarnation,
        partition,
        offset,
      })
    },
    forget(sid) {
      state(partitionOf(sid), `${sid}/server`, null)
      state(partitionOf(sid), `${sid}/gateway`, null)
    },
    show(type, sid, detail, id, finding) {
      const event: ShownEvent = { v: 1, id, at: clock.now(), from: incarnation, type, sid, detail, finding }
      const partition = sid === null ? 0 : partitionOf(sid) % EVENT_PARTITIONS
      batcher.send({ topic: TOPICS.events, partition, key: sid, value: encode(event) })
    },
    audit(content) {
      const record: AuditRecord = { v: 1, at: clock.now(), from: incarnation, ...content }
      batcher.send({ topic: TOPICS.audit, partition: 0, key: record.id, value: encode(record) })
    },
    deadLetter({ partition, offset, reason }) {
      const topic = TOPICS.session
      sendLetter(causeId({ partition, offset, index: 0 }), {
        ...letterHead('record', partition, reason),
        topic,
        offset,
      })
    },
    deadWrite({ sid, fields, reason }) {
      sendLetter(sid, { ...letterHead('write', partitionOf(sid), reason), sid, fields })
    },
  }
}
