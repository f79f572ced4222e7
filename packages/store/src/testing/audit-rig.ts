import { createLogger, createMetrics } from '@holdfast/runtime'
import { manualClock } from '@holdfast/runtime/testing'
import { startAudit } from '../audit/audit.ts'
import {
  type AuditRecordOf,
  type ControlRecordOf,
  type Finding,
  gatewayFieldsSchema,
  type SessionRecord,
  type ShownEvent,
  type Sid,
  serverReading,
  shownEventSchema,
  versionOf,
} from '../contracts/index.ts'
import { createOutbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { RedisReader } from '../redis/redis-copies.ts'
import { createStateReplica } from '../replica/state-replica.ts'
import type { BreakerState } from '../write-behind/breaker.ts'
import { itemsOf } from '../write-behind/flush-items.ts'
import { fakeBoard } from './fake-board.ts'
import { AT, inventory, sessionOf, sidsOf } from './fixtures.ts'
import { audited } from './orders.ts'
import { quietLife } from './quiet-life.ts'
import { recordingBatcher } from './stand-ins.ts'

export const PARTITION = 5
export const GATEWAY = 'gateway-1'
const FLUSH_MS = 100

/**
 * An auditor with all its parts, over one owned partition. Redis is two maps, which a test may touch as a hand would; the owner's
 * write-behind stores into them, the gateway answers what it is asked and does what it is ordered.
 */
export function auditWorld(count = 2) {
  const clock = manualClock(AT)
  const board = fakeBoard(clock)
  const batcher = recordingBatcher()
  const replica = createStateReplica()
  const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: () => 0 })
  const sids = sidsOf(PARTITION, count + 1)
  const [stranger] = sids.splice(count)
  if (!stranger) throw new Error('no sids')
  const hashes = new Map<Sid, Record<string, string>>()
  const index = new Map<Sid, string>()
  const dead = new Set<Sid>()
  const world = {
    owned: quietLife(PARTITION, clock).owned as OwnedPartition | null,
    breaker: { state: 'closed' as BreakerState },
    storedEpoch: 7,
    redisIsAway: false,
    /** How long Redis takes to answer a reader. */
    readMs: 0,
    /** Called while Redis is being read: what it answers is decided, and has not come yet. */
    whileRead: (): void => undefined,
    flushes: true,
    gatewayAnswers: true,
    isBehindLog: false,
  }

  const connectionOf = (record: SessionRecord) => ({
    v: 1,
    kind: 'connection',
    at: clock.now(),
    sid: record.sid,
    fields: gatewayFieldsSchema.parse(record),
    player: record.player,
    loginState: record.loginState,
    pending: null,
  })
  const publish = (sid: Sid, value: object | null): void =>
    replica.apply({
      partition: PARTITION,
      offset: 0,
      key: `${sid}/gateway`,
      value: value === null ? null : Buffer.from(JSON.stringify(value)),
    })

  const store = (sid: Sid, record: SessionRecord): void => {
    const fields = Object.entries(serverReading(record, 0).fields).filter(([, text]) => text !== '')
    hashes.set(sid, Object.fromEntries(fields))
    index.set(sid, versionOf(record))
  }
  for (const [at, sid] of sids.entries()) {
    const record = sessionOf(sid, {
      handle: at + 1,
      serverRevision: 4,
      player: '#5',
      loginState: 'loggedIn',
      boundBy: 1,
    })
    world.owned?.sessions.put(record, true)
    store(sid, record)
    publish(sid, connectionOf(record))
  }

  const flush = (): void => {
    const { owned } = world
    if (!owned || !world.flushes || world.breaker.state !== 'closed') return
    const taken = owned.dirty.take()
    for (const item of itemsOf(owned, taken).parts.flat()) {
      const record = owned.sessions.get(item.sid)
      if (item.operation === 'close' || !record) {
        hashes.delete(item.sid)
        index.delete(item.sid)
        dead.add(item.sid)
        continue
      }
      const hash = hashes.get(item.sid)
      const written = hash ? { ...item.server, ...(item.operation === 'rewrite' ? item.gateway : {}) } : null
      if (!hash || !written) {
        store(item.sid, record)
        continue
      }
      for (const [name, text] of Object.entries(written)) {
        if (text === '') delete hash[name]
        else hash[name] = text
      }
      hash.serverRevision = String(record.serverRevision)
      index.set(item.sid, `${hash.connectionEpoch}.${hash.gatewayRevision}.${hash.serverRevision}`)
    }
    owned.dirty.settle(taken)
  }

  const answer = async <T>(value: () => T): Promise<T> => {
    if (world.redisIsAway) throw new Error('Command timed out')
    const answered = structuredClone(value())
    world.whileRead()
    if (world.readMs > 0) await clock.sleep(world.readMs)
    return answered
  }
  const redis: RedisReader = {
    index: () => answer(() => index),
    entries: () => answer(() => index),
    sessions: (_, wanted) =>
      answer(() => ({
        epoch: world.storedEpoch,
        copies: wanted.map((sid) => ({ hash: hashes.get(sid) ?? {}, version: index.get(sid) ?? null })),
      })),
    scan: () => answer(() => ({ cursor: '0', sids: [...hashes.keys()] })),
  }

  const held = (): [Sid, number][] => sids.map((sid) => [sid, 1])
  const obey = ({ what, sids: ordered }: ControlRecordOf<'order'>): void => {
    for (const sid of ordered) {
      const copy = replica.connectionOf(sid)
      const record = world.owned?.sessions.get(sid)
      if (what !== 'refresh' || !copy || !record) continue
      Object.assign(copy.fields, { gatewayRevision: copy.fields.gatewayRevision + 1 })
      world.owned?.sessions.merge(sid, copy.fields)
      const { serverRevision, room = '' } = hashes.get(sid) ?? {}
      store(sid, { ...record, ...copy.fields, serverRevision: Number(serverRevision), room: room || null })
    }
  }
  let obeyed = 0
  const tick = (): void => {
    board.hear('server-1')
    if (!world.gatewayAnswers) return
    board.hear(GATEWAY)
    for (; obeyed < board.sent.length; obeyed++) {
      const record = board.sent[obeyed]
      if (record?.kind === 'ask') audit.heard(inventory({ from: GATEWAY, ask: record.id, held: held() }))
      if (record?.kind === 'order' && record.gateway === GATEWAY) obey(record)
    }
  }

  clock.setInterval(flush, FLUSH_MS)
  clock.setInterval(tick, 500)
  board.hear('server-1')
  board.hear(GATEWAY)
  const lives = () => (world.owned ? [{ owned: world.owned }] : [])
  const audit = startAudit({
    clock,
    logger: createLogger({ name: 'audit', level: 'silent' }),
    metrics: createMetrics(),
    incarnation: 'server-1',
    lives,
    life: (partition) => (partition === PARTITION ? lives()[0] : undefined),
    redis,
    replica,
    isReplicaFresh: () => true,
    board,
    outbox,
    breaker: world.breaker,
    isGatewayDead: () => answer(() => !world.gatewayAnswers),
    progress: {
      caughtUpAt: () => (world.isBehindLog ? Number.NEGATIVE_INFINITY : clock.monotonic()),
    },
  })

  const shown = (): ShownEvent[] =>
    batcher.sent
      .filter(({ topic }) => topic === 'holdfast.events')
      .map(({ value }) => shownEventSchema.parse(JSON.parse(value ?? 'null')))
  const findings = (): Finding[] => shown().flatMap(({ finding }) => (finding ? [finding] : []))
  const healed = (): ShownEvent[] => shown().filter(({ type }) => type === 'divergence.healed')
  const repairs = (): AuditRecordOf<'repair'>[] =>
    audited(batcher.sent).flatMap((record) => (record.kind === 'repair' ? [record] : []))
  const orders = (what: string): number =>
    board.sent.filter((record) => record.kind === 'order' && record.what === what).length

  return {
    clock,
    board,
    replica,
    audit,
    world,
    sids,
    /** A sid of the partition that nobody has. */
    stranger,
    hashes,
    index,
    dead,
    publish,
    shown,
    findings,
    healed,
    repairs,
    orders,
    batcher,
    /** The owner's memory of a session. */
    memory(sid: Sid): SessionRecord {
      const record = world.owned?.sessions.get(sid)
      if (!record) throw new Error('not in memory')
      return record
    },
    /** Writes into Redis as a hand would. */
    edit(sid: Sid, fields: Record<string, string>): void {
      hashes.set(sid, { ...hashes.get(sid), ...fields })
    },
  }
}
