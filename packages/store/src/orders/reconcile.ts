import type { PlanRow, SessionRecord } from '../contracts/index.ts'
import type { LineDesk } from '../partition/line-desk.ts'
import type { Turn } from '../partition/turn.ts'
import type { OrderParts, RedisCopy } from './order-parts.ts'
import { planByOwner } from './reconcile-by-owner.ts'
import { planByRedis } from './reconcile-by-redis.ts'
import type { Planned, ReconcileCopies, ReconcileStep } from './reconcile-plan.ts'
import type { OrderJob } from './wizard-orders.ts'

/**
 * Makes the copies of one session agree, as a wizard has ordered. It holds the partition's line for one read of Redis
 * (docs/adr/0009), so that memory and Redis are compared at one moment; plan and change are then one synchronous step.
 */
export function createReconcileDesk(desk: LineDesk, parts: OrderParts) {
  const { owned, replica, isCurrent } = desk
  const { gateways } = parts

  const pendingOf = ({ sid }: SessionRecord): readonly string[] => owned.dirty.pendingFields(sid)

  const copiesOf = (
    memory: SessionRecord,
    redis: Extract<RedisCopy, { kind: 'read' }>,
    pendingBefore: readonly string[],
  ): ReconcileCopies => ({
    memory,
    redis,
    connection: replica.connectionOf(memory.sid) ?? null,
    isHeld: memory.status === 'connected' && gateways.isAlive(memory.gateway),
    isAlive: (gateway) => gateways.isAlive(gateway),
    // A write may have landed while Redis was read: what it held then says nothing about now.
    pending: new Set([...pendingBefore, ...pendingOf(memory)]),
  })

  const planOf = (copies: ReconcileCopies, truth: 'owner' | 'redis'): Planned => {
    if (truth === 'owner') return planByOwner(copies)
    const planned = planByRedis(copies)
    if (planned.kind === 'refused') return planned
    const problem = parts.problemOf(withTaken(copies.memory, planned.steps))
    return problem === null ? planned : { kind: 'refused', detail: problem }
  }

  const take = ({ sid }: SessionRecord, step: ReconcileStep, turn: Turn): void => {
    const session = owned.sessions.get(sid)
    if (!session) return
    switch (step.kind) {
      case 'write':
        for (const field of step.fields) owned.dirty.mark(sid, field)
        return
      case 'write-whole':
        owned.dirty.markWhole(sid)
        return
      case 'rewrite':
        owned.dirty.markRewrite(sid, step.seen)
        return
      case 'refresh':
        gateways.order(session.gateway, 'refresh', sid, step.above === null ? {} : { above: step.above })
        return
      case 'adopt':
        gateways.order(session.gateway, 'adopt', sid, { fields: step.fields })
        return
      case 'bind': {
        const { player, playerName, loginState } = session
        const bound = { kind: 'bind', player, playerName, loginState } as const
        turn.apply(sid, [{ kind: 'output', to: [sid], parts: [bound] }], null)
        return
      }
      case 'take':
        turn.change(sid, step.change)
        for (const [key, value] of Object.entries(step.meta)) owned.sessions.setMeta(sid, key, value)
        return
      case 'take-connection':
        owned.sessions.merge(sid, step.fields)
    }
  }

  return async ({ session, order, turn, answer }: OrderJob): Promise<void> => {
    const pendingBefore = pendingOf(session)
    const redis = await parts.readCopy(session.sid)
    if (!isCurrent()) return
    if (!owned.sessions.get(session.sid)) {
      answer({ outcome: 'gone' })
    } else if (redis.kind === 'unavailable') {
      answer({ outcome: 'refused', detail: `Redis does not answer: ${redis.problem}` })
    } else if (session.status === 'connected' && !gateways.canTell) {
      answer({
        outcome: 'refused',
        detail: 'Kafka does not bring what processes say: nobody knows which gateways live',
      })
    } else {
      const planned = planOf(copiesOf(session, redis, pendingBefore), order.truth ?? 'owner')
      if (planned.kind === 'refused') {
        answer({ outcome: 'refused', detail: planned.detail })
        return
      }
      const plan = [...planned.plan]
      if (order.dryRun !== true) {
        for (const step of planned.steps) take(session, step, turn)
        if (planned.steps.length > 0) turn.publishAtOnce()
      }
      answer({ outcome: 'done', detail: wordsOf(plan), plan })
    }
  }
}

/** The session as it would be. */
function withTaken(memory: SessionRecord, steps: readonly ReconcileStep[]): SessionRecord {
  let taken = memory
  for (const step of steps) if (step.kind === 'take') taken = { ...taken, ...step.change }
  return taken
}

const COPY_NAMES = { gateway: 'gateway memory', server: 'server memory', redis: 'Redis' } as const

/** `2 fields to Redis, 1 field to gateway memory; 1 left as it is`. */
function wordsOf(plan: readonly PlanRow[]): string {
  const counts = new Map<string, number>()
  for (const { to, skipped } of plan) {
    const where = skipped === undefined ? COPY_NAMES[to] : 'left'
    counts.set(where, (counts.get(where) ?? 0) + 1)
  }
  const left = counts.get('left') ?? 0
  counts.delete('left')
  const changes = [...counts].map(([where, count]) => `${count} ${count === 1 ? 'field' : 'fields'} to ${where}`)
  return `${changes.join(', ') || 'nothing differs'}${left > 0 ? `; ${left} left as it is` : ''}`
}
