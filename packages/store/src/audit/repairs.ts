import type { Clock } from '@holdfast/runtime'
import {
  type ControlRecordOf,
  type DivergenceCause,
  INDEX_FIELD,
  type SessionRecord,
  type Sid,
} from '../contracts/index.ts'
import type { ControlBoard } from '../control/control-board.ts'
import { planByOwner } from '../orders/reconcile-by-owner.ts'
import type { ReconcileStep } from '../orders/reconcile-plan.ts'
import type { Outbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import { publishCopy } from '../partition/publish-copy.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import type { Look } from './observer.ts'

/** Sids in one order to a gateway. */
const ORDER_MAX = 500

type Order = ControlRecordOf<'order'>

export interface Repairs {
  /** Puts right what policy allows. Returns what was set going, in words; null where nothing can be done here. */
  repair(owned: OwnedPartition, look: Look, cause: DivergenceCause): string | null
  /** Has both memories told anew, so that what changed in them without a word shows. */
  publish(owned: OwnedPartition, sids: readonly Sid[]): void
}

export interface RepairsOptions {
  clock: Clock
  incarnation: string
  outbox: Outbox
  replica: Pick<StateReplica, 'connectionOf' | 'endOwn'>
  board: Pick<ControlBoard, 'send' | 'isAlive'>
}

/**
 * Each side writes its own fields again, by the ways of every other write: the owner marks the session dirty, the gateway is
 * ordered to refresh. Nothing is copied from one side to the other, so a repair never changes what an owner has acknowledged.
 */
export function createRepairs({ clock, incarnation, outbox, replica, board }: RepairsOptions): Repairs {
  const order = (gateway: string, what: Order['what'], sids: readonly Sid[], more: Pick<Order, 'above'> = {}): void => {
    for (let i = 0; i < sids.length; i += ORDER_MAX) {
      const some = sids.slice(i, i + ORDER_MAX)
      board.send({ v: 1, kind: 'order', at: clock.now(), from: incarnation, gateway, what, sids: some, ...more })
    }
  }

  const gatewayOf = (owned: OwnedPartition, sid: Sid): string | null => {
    const gateway = owned.sessions.get(sid)?.gateway ?? replica.connectionOf(sid)?.fields.gateway
    return gateway !== undefined && board.isAlive(gateway) ? gateway : null
  }

  const restore = (owned: OwnedPartition, { sid, verdict }: Look): string | null => {
    const done: string[] = []
    if (verdict.missingIn.includes('redis')) {
      owned.dirty.markWhole(sid)
      done.push('the owner writes it to Redis again')
    }
    const gateway = gatewayOf(owned, sid)
    if (verdict.missingIn.includes('gateway') && gateway !== null) {
      order(gateway, 'publish', [sid])
      done.push('its gateway publishes its copy again')
    }
    return done.length > 0 ? done.join(', ') : null
  }

  /** As a wizard would order it (orders/): whatever side is right writes its fields, by the plan that a reconcile follows. */
  const bringForward = (owned: OwnedPartition, { sid, record, copies }: Look): string | null => {
    if (record === null || copies.redis.kind !== 'read') return null
    const { [INDEX_FIELD]: version, ...hash } = copies.redis.fields
    const planned = planByOwner({
      memory: record,
      redis: { hash, version: version || null },
      connection: replica.connectionOf(sid) ?? null,
      isHeld: record.status === 'connected' && board.isAlive(record.gateway),
      isAlive: (gateway) => board.isAlive(gateway),
      pending: new Set(owned.dirty.pendingFields(sid)),
    })
    if (planned.kind === 'refused') return null
    const done = planned.steps.map((step) => takeStep(owned, record, step)).filter((what) => what !== null)
    return done.length > 0 ? done.join(', ') : null
  }

  /** Only what writes to Redis: a rolled-back copy says nothing against either memory. */
  const takeStep = (owned: OwnedPartition, { sid, gateway }: SessionRecord, step: ReconcileStep): string | null => {
    switch (step.kind) {
      case 'write':
        for (const field of step.fields) owned.dirty.mark(sid, field)
        return "the owner writes the server's fields again"
      case 'write-whole':
        owned.dirty.markWhole(sid)
        return 'the owner writes it to Redis again'
      case 'rewrite':
        owned.dirty.markRewrite(sid, step.seen)
        return "the owner writes the gateway's fields again"
      case 'refresh':
        order(gateway, 'refresh', [sid], step.above === null ? {} : { above: step.above })
        return 'its gateway writes its fields again'
      case 'adopt':
      case 'bind':
      case 'take':
      case 'take-connection':
        return null
    }
  }

  const bury = (owned: OwnedPartition, sid: Sid): string => {
    const at = clock.now()
    owned.dead.set(sid, at)
    // Above all connections: nobody holds it, so none of them is newer.
    owned.dirty.markEnded(sid, { connectionEpoch: Number.MAX_SAFE_INTEGER, reason: 'lost', at })
    replica.endOwn(sid, owned.epoch, at)
    outbox.publishEnded({ v: 1, kind: 'ended', epoch: owned.epoch, at, sid, reason: 'lost' })
    return 'the owner deletes it from Redis and leaves a tombstone'
  }

  return {
    repair(owned, look, cause) {
      switch (cause) {
        case 'missing':
          return restore(owned, look)
        case 'rolled-back':
          return bringForward(owned, look)
        case 'ghost':
          return owned.sessions.get(look.sid) ? null : bury(owned, look.sid)
        case 'content':
        case 'foreign-write':
        case 'status-skew':
          return null
      }
    },
    publish(owned, sids) {
      const byGateway = new Map<string, Sid[]>()
      for (const sid of sids) {
        const session = owned.sessions.get(sid)
        if (session) publishCopy(owned, session, outbox, clock)
        const gateway = gatewayOf(owned, sid)
        if (gateway === null) continue
        const some = byGateway.get(gateway)
        if (some) some.push(sid)
        else byGateway.set(gateway, [sid])
      }
      for (const [gateway, some] of byGateway) order(gateway, 'publish', some)
    },
  }
}
