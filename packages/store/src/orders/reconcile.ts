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
 * (docs/adr/0012), so that memory and Redis are compared at one moment, and for the write that it makes; plan and change are one synchronous
 * step.
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
        gateways.order(session.gateway, 'refresh', sid, aboveOf(step))
        return
      case 'adopt':
        gateways.order(session.gateway, 'adopt', sid, { fields: step.fields, ...aboveOf(step) })
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

  /**
   * Does it, and answers when it is stored: a result that a wizard has read must hold though this server dies the moment after.
   * What Redis is right about is stored already.
   */
  const carryOut = async (
    { session, turn, answer }: OrderJob,
    planned: Planned & { kind: 'planned' },
  ): Promise<void> => {
    const plan = [...planned.plan]
    for (const step of planned.steps) take(session, step, turn)
    if (planned.steps.length > 0) turn.publishAtOnce()
    parts.reconciled(session.sid)
    const isStored = planned.steps.some(isWrite) ? await parts.writes.store(session.sid) : 'stored'
    if (!isCurrent()) return
    const later = isStored === 'stored' ? '' : '; Redis has not taken it yet, and will be given it again'
    answer({ outcome: 'done', detail: wordsOf(plan) + later, plan })
  }

  return async (job: OrderJob): Promise<void> => {
    const { session, order, answer } = job
    const refused = (detail: string): void => answer({ outcome: 'refused', detail })
    const pendingBefore = pendingOf(session)
    const redis = await parts.readCopy(session.sid)
    if (!isCurrent()) return
    if (!owned.sessions.get(session.sid)) return answer({ outcome: 'gone' })
    if (redis.kind === 'unavailable') return refused(`Redis does not answer: ${redis.problem}`)
    if (session.status === 'connected' && !gateways.canTell) {
      return refused('Kafka does not bring what processes say: nobody knows which gateways live')
    }
    const planned = planOf(copiesOf(session, redis, pendingBefore), order.truth ?? 'owner')
    if (planned.kind === 'refused') return refused(planned.detail)
    if (order.dryRun !== true) return carryOut(job, planned)
    answer({ outcome: 'done', detail: wordsOf(planned.plan), plan: [...planned.plan] })
  }
}

/** Whether the owner itself writes to Redis what memory has. */
const isWrite = ({ kind }: ReconcileStep): boolean => kind === 'write' || kind === 'write-whole' || kind === 'rewrite'

/** The session as it would be. */
function withTaken(memory: SessionRecord, steps: readonly ReconcileStep[]): SessionRecord {
  let taken = memory
  for (const step of steps) if (step.kind === 'take') taken = { ...taken, ...step.change }
  return taken
}

const aboveOf = ({ above }: { above: number | null }) => (above === null ? {} : { above })

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
