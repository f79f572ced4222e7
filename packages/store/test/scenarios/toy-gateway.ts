import { systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { ulid } from 'ulid'
import {
  createSid,
  type GatewayFields,
  isEarlierCause,
  outputRecordSchema,
  partitionOf,
  type SessionEvent,
  type Sid,
} from '../../src/contracts/index.ts'
import { createBatcher, createKafka, createLogReader, createSeal, decode, encode, TOPICS } from '../../src/index.ts'

const SLOT = 7

export interface ToySession {
  readonly sid: Sid
  readonly fields: GatewayFields
  /** What its player heard: repeats and late words of former owners dropped, as a gateway drops them. */
  readonly heard: readonly string[]
  /** The event that established it, to be sent again. */
  readonly established: SessionEvent
}

export interface ToyGateway {
  connect(handle: number): ToySession
  /** Sends a line under its number; the same number again is a resend. */
  type(session: ToySession, inputSequence: number, line: string): SessionEvent
  close(session: ToySession): SessionEvent
  /** Any record, again or out of its order. */
  send(event: SessionEvent): void
  /** Waits until everything sent is in Kafka. */
  settled(): Promise<void>
  hears(session: ToySession, text: string): Promise<void>
  stop(): Promise<void>
}

/** The test's own gateway: real Kafka records in and out, and control over every one of them. */
export async function startToyGateway(brokers: string, secret: string): Promise<ToyGateway> {
  const trouble: string[] = []
  const kafka = createKafka({
    brokers: [brokers],
    clientId: 'toy-gateway',
    onWarning: (message) => trouble.push(message),
  })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: (problem) => trouble.push(problem) })
  const seal = createSeal(secret)
  const heardBy = new Map<Sid, string[]>()
  const causes = new Map<string, { offset: number; index: number }>()
  const epochs = new Map<number, number>()
  const reader = await createLogReader({
    kafka,
    clock: systemClock,
    topic: TOPICS.out,
    partitions: [SLOT],
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
        for (const part of data) if (part.kind === 'text') heardBy.get(sid)?.push(part.text)
      }
    },
  })

  const send = (event: SessionEvent): void => {
    batcher.send({ topic: TOPICS.session, partition: partitionOf(event.sid), key: event.sid, value: encode(event) })
  }
  const headOf = (sid: Sid, id: string) => ({
    v: 1 as const,
    id: `${sid}:${id}`,
    at: Date.now(),
    sid,
    connectionEpoch: 1,
    from: 'toy-gateway',
  })

  return {
    connect(handle) {
      const sid = createSid(ulid())
      const fields = fieldsOf(handle)
      const heard: string[] = []
      heardBy.set(sid, heard)
      const established: SessionEvent = { ...headOf(sid, 'e1'), type: 'connection.established', stored: false, fields }
      send(established)
      return { sid, fields, heard, established }
    },
    type({ sid }, inputSequence, line) {
      const sealed = seal.seal(line, 'input', sid)
      const event: SessionEvent = { ...headOf(sid, `i${inputSequence}`), type: 'input', inputSequence, sealed }
      send(event)
      return event
    },
    close({ sid }) {
      const event: SessionEvent = { ...headOf(sid, 'x1'), type: 'connection.closed', reason: 'client' }
      send(event)
      return event
    },
    send,
    settled: () => batcher.acknowledged(batcher.position()),
    async hears({ heard }, text) {
      await waitUntil(() => heard.includes(text), { timeoutMs: 20_000, what: `hearing "${text}"` })
    },
    async stop() {
      await reader.close()
      await batcher.close(1_000)
    },
  }
}

function fieldsOf(handle: number): GatewayFields {
  return {
    handle,
    status: 'connected',
    gateway: 'toy-gateway',
    slot: SLOT,
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
