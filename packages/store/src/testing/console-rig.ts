import { type ManualClock, manualClock } from '@holdfast/runtime/testing'
import { type ConsoleAnswers, createConsoleAnswers } from '../console/console-answers.ts'
import { type ConsoleModel, createConsoleModel } from '../console/console-model.ts'
import {
  type Beat,
  type CloseReason,
  GATEWAY_FIELDS,
  type Partition,
  partitionOf,
  type SessionRecord,
  type ShownEvent,
  type Sid,
  type StateRecord,
  serverReading,
  versionOf,
  type WaitingWrite,
} from '../contracts/index.ts'
import { encode } from '../kafka/envelope.ts'
import type { RedisCopy } from '../redis/redis-copies.ts'
import { quietBeat } from './beats.ts'
import { AT, gatewayFields } from './fixtures.ts'

export const SERVER = 'server-a'
export const GATEWAY = 'gateway-1'
const TICK_MS = 100
const ALL_PARTITIONS: Partition[] = Array.from({ length: 64 }, (_, partition) => partition)

/**
 * A model with a world of its own around it: processes that beat while they live, a Redis and a Kafka that answer while they are
 * up, and time that passes by hand. What the world holds is read by the shipped schedule; nothing is judged here.
 */
export interface ConsoleRig {
  clock: ManualClock
  model: ConsoleModel
  answers: ConsoleAnswers
  /** What Redis holds. */
  redis: Map<Sid, RedisCopy>
  isRedisUp: boolean
  /** While Kafka does not answer, nothing is read and no beat is heard. */
  isKafkaUp: boolean
  /** Records wait to be read by the console. */
  isBehind: boolean
  /** Beating; take one out and it is silent. */
  processes: Map<string, Partial<Beat>>
  publish(record: StateRecord): void
  takeBack(key: string, partition: Partition): void
  /** A session in all three copies. */
  put(record: SessionRecord): void
  putServer(record: SessionRecord, options?: { owner?: string; epoch?: number; pending?: WaitingWrite | null }): void
  putGateway(record: SessionRecord, pending?: WaitingWrite | null): void
  putRedis(record: SessionRecord, fields?: Readonly<Record<string, string>>): void
  end(record: SessionRecord, reason?: CloseReason): void
  own(owner: string, epoch: number, partitions?: readonly Partition[]): void
  show(event: Partial<ShownEvent> & Pick<ShownEvent, 'type'>): void
  pass(ms: number): Promise<void>
}

export const waiting = (write: Partial<WaitingWrite> = {}): WaitingWrite => ({
  fields: ['room'],
  since: AT,
  attempts: 0,
  nextAt: null,
  error: null,
  isDead: false,
  ...write,
})

export function beatOf(process: string, beat: Partial<Beat> = {}): Beat {
  const isGateway = process.startsWith('gateway')
  return quietBeat(process, {
    role: isGateway ? 'gateway' : 'server',
    partitions: isGateway ? [] : ALL_PARTITIONS,
    ...beat,
  })
}

export function consoleRig(): ConsoleRig {
  const clock = manualClock(AT)
  let offset = 0
  let copiesReadAsOf = 0
  let kafkaAnsweredAt = 0
  let redisAnsweredAt = 0
  let pinged: { isAnswered: boolean; ms: number | null } = { isAnswered: true, ms: 1 }
  let beatAt = 0
  let events = 0

  const model = createConsoleModel({
    clock,
    reading: () => ({ kafkaSilentMs: clock.monotonic() - kafkaAnsweredAt, copiesReadAsOf, redisAnsweredAt }),
    onListenerFailed(error) {
      throw error
    },
  })
  const answers = createConsoleAnswers(model, () => ({ ping: pinged, lag: 0 }))

  const publish = (record: StateRecord, key: string, partition: Partition): void =>
    model.applyState({ partition, offset: offset++, key, value: Buffer.from(encode(record)) })

  const beats = (): void => {
    if (clock.monotonic() < beatAt || !rig.isKafkaUp) return
    beatAt = clock.monotonic() + 1_000
    for (const [process, beat] of rig.processes)
      model.applyBeat(beatOf(process, { at: clock.now(), ...beat }), clock.monotonic())
  }
  const readRedis = (): void => {
    pinged = rig.isRedisUp ? { isAnswered: true, ms: 1 } : { isAnswered: false, ms: null }
    if (!rig.isRedisUp) return
    redisAnsweredAt = clock.monotonic()
    for (const [sid, { version }] of rig.redis)
      if (model.copies.get(sid)?.redis?.version !== version) model.schedule.hurry(sid)
    for (const sid of model.schedule.take(clock.monotonic(), TICK_MS))
      model.putStored(sid, rig.redis.get(sid) ?? { hash: {}, version: null }, clock.monotonic())
  }
  const turn = (): void => {
    if (rig.isKafkaUp) {
      kafkaAnsweredAt = clock.monotonic()
      if (!rig.isBehind) copiesReadAsOf = clock.monotonic()
    }
    beats()
    readRedis()
    model.tick()
  }

  const rig: ConsoleRig = {
    clock,
    model,
    answers,
    redis: new Map(),
    isRedisUp: true,
    isKafkaUp: true,
    isBehind: false,
    processes: new Map([
      [SERVER, {}],
      [GATEWAY, {}],
    ]),
    publish: (record) => publish(record, 'x', 0),
    takeBack: (key, partition) => model.applyState({ partition, offset: offset++, key, value: null }),
    put(record) {
      rig.putServer(record)
      if (record.status === 'connected') rig.putGateway(record)
      rig.putRedis(record)
    },
    putServer(record, { owner = SERVER, epoch = 1, pending = null } = {}) {
      const copy: StateRecord = { v: 1, kind: 'session', epoch, at: clock.now(), owner, record, pending }
      publish(copy, `${record.sid}/server`, partitionOf(record.sid))
    },
    putGateway(record, pending = null) {
      const fields = { ...gatewayFields() }
      for (const name of GATEWAY_FIELDS) Object.assign(fields, { [name]: record[name] })
      const { sid, player, loginState } = record
      const copy: StateRecord = { v: 1, kind: 'connection', at: clock.now(), sid, fields, player, loginState, pending }
      publish(copy, `${sid}/gateway`, partitionOf(sid))
    },
    putRedis(record, fields = {}) {
      const hash: Record<string, string> = {}
      const all = { ...serverReading(record, 0).fields, ...fields }
      for (const [name, text] of Object.entries(all)) if (text !== '') hash[name] = text
      rig.redis.set(record.sid, { hash, version: versionOf(record) })
    },
    end({ sid }, reason = 'quit') {
      publish({ v: 1, kind: 'ended', epoch: 1, at: clock.now(), sid, reason }, `${sid}/server`, partitionOf(sid))
      rig.takeBack(`${sid}/gateway`, partitionOf(sid))
      rig.redis.delete(sid)
    },
    own(owner, epoch, partitions = ALL_PARTITIONS) {
      for (const partition of partitions) {
        const position: StateRecord = { v: 1, kind: 'position', epoch, at: clock.now(), owner, partition, offset: 0 }
        publish(position, `${partition}/position`, partition)
      }
    },
    show(event) {
      const shown: ShownEvent = {
        v: 1,
        id: `event-${++events}`,
        at: clock.now(),
        from: SERVER,
        sid: null,
        detail: {},
        ...event,
      }
      model.applyEvent({ partition: 0, offset: offset++, key: null, value: Buffer.from(encode(shown)) })
    },
    async pass(ms) {
      turn()
      for (let passed = 0; passed < ms; passed += TICK_MS) {
        await clock.advance(Math.min(TICK_MS, ms - passed))
        turn()
      }
    },
  }
  rig.own(SERVER, 1)
  return rig
}
