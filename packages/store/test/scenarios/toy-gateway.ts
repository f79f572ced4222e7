import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { ulid } from 'ulid'
import {
  type CloseReason,
  createSid,
  type GatewayFields,
  isEarlierCause,
  type OutputPart,
  outputRecordSchema,
  partitionOf,
  type SessionEvent,
  type Sid,
} from '../../src/contracts/index.ts'
import { createBatcher, createKafka, createLogReader, createSeal, decode, encode, TOPICS } from '../../src/index.ts'
import { startToyLife, type ToyGatewayLife } from './toy-gateway-life.ts'

export interface ToySession {
  readonly sid: Sid
  readonly fields: GatewayFields
  /** What its player heard: repeats and late words of former owners dropped, as a gateway drops them. */
  readonly heard: readonly string[]
  /** Why its socket was to be closed, each time. */
  readonly closed: readonly CloseReason[]
  /** The event that established it, to be sent again. */
  readonly established: SessionEvent
}

export interface ToyGateway {
  readonly name: string
  readonly slot: number
  /** Its beats, and what owners ask of it. */
  readonly life: ToyGatewayLife
  connect(handle: number): ToySession
  /** A connection of which its beginning is lost on the way. */
  connectUnheard(handle: number): ToySession
  /** Sends a line under its number; the same number again is a resend. */
  type(session: ToySession, inputSequence: number, line: string): SessionEvent
  close(session: ToySession, reason?: CloseReason): SessionEvent
  /** Whether it says that it holds the connection: it does from `connect` to `close`. */
  hold(session: ToySession, holds: boolean): void
  /** Calls back for each part of each output, repeats dropped. */
  onPart(listener: (sid: Sid, part: OutputPart) => void): void
  /** Any record, again or out of its order. */
  send(event: SessionEvent): void
  /** Waits until everything sent is in Kafka. */
  settled(): Promise<void>
  hears(session: ToySession, text: string): Promise<void>
  stop(): Promise<void>
}

/** The test's own gateway: real Kafka records in and out, and control over every one of them. */
export async function startToyGateway(
  brokers: string,
  secret: string,
  { name = 'toy-gateway', slot = 7 } = {},
): Promise<ToyGateway> {
  const trouble: string[] = []
  const kafka = createKafka({
    brokers: [brokers],
    clientId: name,
    onWarning: (message) => trouble.push(message),
  })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: (problem) => trouble.push(problem) })
  const seal = createSeal(secret)
  const heardBy = new Map<Sid, string[]>()
  const closedBy = new Map<Sid, CloseReason[]>()
  const held = new Set<Sid>()
  const causes = new Map<string, { offset: number; index: number }>()
  const epochs = new Map<number, number>()
  const listeners: ((sid: Sid, part: OutputPart) => void)[] = []
  const reader = await createLogReader({
    kafka,
    clock: systemClock,
    topic: TOPICS.out,
    partitions: [slot],
    from: 'end',
    onReopened: (problem) => trouble.push(problem),
    onRecord({ value }) {
      const decoded = decode(outputRecordSchema, value)
      if (!decoded.ok) throw new Error(decoded.problem)
      const { cause, epoch, to, data } = decoded.value
      if (epoch < (epochs.get(cause.partition) ?? 0)) return
      epochs.set(cause.partition, epoch)
      for (const sid of to) {
        const key = `${sid} ${cause.partition}`
        const last = causes.get(key)
        if (last && !isEarlierCause(last, cause)) continue
        causes.set(key, cause)
        for (const part of data) {
          if (part.kind === 'text') heardBy.get(sid)?.push(part.text)
          if (part.kind === 'close') closedBy.get(sid)?.push(part.reason)
          for (const listener of listeners) listener(sid, part)
        }
      }
    },
  })

  const life = await startToyLife({ kafka, batcher, name, slot, held: () => held })

  const send = (event: SessionEvent): void => {
    batcher.send({ topic: TOPICS.session, partition: partitionOf(event.sid), key: event.sid, value: encode(event) })
  }
  const headOf = (sid: Sid, id: string) => ({
    v: 1 as const,
    id: `${sid}:${id}`,
    at: Date.now(),
    sid,
    connectionEpoch: 1,
    from: name,
  })

  const connectUnheard = (handle: number): ToySession => {
    const sid = createSid(ulid())
    const fields = fieldsOf(handle, name, slot)
    const heard: string[] = []
    const closed: CloseReason[] = []
    heardBy.set(sid, heard)
    closedBy.set(sid, closed)
    held.add(sid)
    const established: SessionEvent = { ...headOf(sid, 'e1'), type: 'connection.established', stored: false, fields }
    return { sid, fields, heard, closed, established }
  }

  return {
    name,
    slot,
    life,
    connectUnheard,
    connect(handle) {
      const session = connectUnheard(handle)
      send(session.established)
      return session
    },
    type({ sid }, inputSequence, line) {
      const sealed = seal.seal(line, 'input', sid)
      const event: SessionEvent = { ...headOf(sid, `i${inputSequence}`), type: 'input', inputSequence, sealed }
      send(event)
      return event
    },
    close({ sid }, reason = 'client') {
      const event: SessionEvent = { ...headOf(sid, 'x1'), type: 'connection.closed', reason }
      held.delete(sid)
      send(event)
      return event
    },
    hold({ sid }, holds) {
      if (holds) held.add(sid)
      else held.delete(sid)
    },
    onPart: (listener) => void listeners.push(listener),
    send,
    settled: () => batcher.acknowledged(batcher.position()),
    async hears({ heard }, text) {
      await waitUntil(() => heard.includes(text), { timeoutMs: 20_000, what: `hearing "${text}"` })
    },
    async stop() {
      await life.stop()
      await reader.close()
      await batcher.close(1_000)
    },
  }
}

function fieldsOf(handle: number, gateway: string, slot: number): GatewayFields {
  return {
    handle,
    status: 'connected',
    gateway,
    slot,
    connectionEpoch: 1,
    gatewayRevision: 1,
    ip: '127.0.0.1',
    host: '127.0.0.1',
    transport: 'telnet',
    client: null,
    width: null,
    height: null,
    capabilities: [],
    connectedAt: Date.now(),
    detachedUntil: null,
    closeReason: null,
    tokenHash: null,
    attachId: null,
  }
}
