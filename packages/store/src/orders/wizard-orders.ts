import {
  type AuditRecordOf,
  type SessionEventOf,
  type SessionRecord,
  versionOf,
  type WizardOrder,
} from '../contracts/index.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { CommandDesk } from '../partition/apply-command.ts'
import type { GameCommand } from '../partition/game.ts'
import type { LineDesk } from '../partition/line-desk.ts'
import { rememberOrder } from '../partition/owned-partition.ts'
import type { Turn } from '../partition/turn.ts'
import type { OrderParts } from './order-parts.ts'
import { createReconcileDesk } from './reconcile.ts'

/** What a wizard is told of one session. */
export type Answer = Pick<AuditRecordOf<'result'>, 'outcome' | 'detail' | 'plan' | 'dropped' | 'version'>

/** One order, as it concerns a session that is there. */
export interface OrderJob {
  session: SessionRecord
  order: WizardOrder
  event: SessionEventOf<'command'>
  record: LogRecord
  turn: Turn
  /** To be called in the synchronous step that does the work: a flush then stores both, or neither. */
  answer(answer: Answer): void
}

const refused = (detail: string): Answer => ({ outcome: 'refused', detail })
const DONE: Answer = { outcome: 'done' }

/**
 * A wizard's commands from the console, each a record of its session's partition: in its order, once though it is sent
 * twice, again after a crash. Each gives one result on `holdfast.audit` under the record's own id, which Kafka has before
 * the record counts as done; of several with one id (a replay gives the same again) the first counts.
 */
export function createWizardDesk(desk: LineDesk, { obey }: CommandDesk, parts: OrderParts) {
  const { owned, replica, outbox, events, isCurrent } = desk
  const { gateways, writes } = parts
  const reconcile = createReconcileDesk(desk, parts)

  const say = ({ id, sid }: SessionEventOf<'command'>, { commandId, type }: WizardOrder, answer: Answer): void => {
    outbox.audit({ kind: 'result', id, commandId, sid, ...answer })
    rememberOrder(owned, id)
    parts.onAnswered(type, answer.outcome)
  }

  const byGame = async (job: OrderJob, command: GameCommand): Promise<void> => {
    const { session, event, record, turn } = job
    const isDetached = session.status === 'detached'
    await obey(session, command, event, record, turn, (isDone) => {
      if (!isDone) job.answer(refused('the game failed on it'))
      else if (command.kind === 'message' && isDetached)
        job.answer({ ...DONE, detail: 'nobody is connected: it is read when the player is back' })
      else job.answer(DONE)
    })
  }

  /** What Redis said to the last retry that it did not answer. Of a command of many one waits for it, and the rest are told. */
  let unanswered: { commandId: string; answer: Answer } | null = null

  /** An open breaker probes with it; where Redis does not answer even then, nothing was retried. */
  const retry = async ({ session, order, answer }: OrderJob): Promise<void> => {
    const known = unanswered?.commandId === order.commandId ? unanswered.answer : null
    if (order.side !== 'gateway' && !known) writes.retryNow(session.sid)
    if (order.side !== 'server') gateways.order(session.gateway, 'retry', session.sid)
    if (known) return answer(known)
    const redis = await parts.readCopy(session.sid)
    if (!isCurrent()) return
    if (redis.kind === 'read') return answer(DONE)
    unanswered = { commandId: order.commandId, answer: refused(`Redis does not answer: ${redis.problem}`) }
    answer(unanswered.answer)
  }

  const drop = ({ session, order, turn, answer }: OrderJob): void => {
    if (order.side === 'gateway') {
      answer(refused('a gateway’s writes are never given up: it tries until its connection ends'))
      return
    }
    const dropped = writes.drop(session.sid)
    if (dropped) turn.publishAtOnce()
    answer(dropped ? { ...DONE, dropped: { ...dropped } } : refused('only what Redis refuses for good can be given up'))
  }

  const recheck = ({ session, turn, answer }: OrderJob): void => {
    parts.recheck(session.sid)
    turn.publishAtOnce()
    if (replica.connectionOf(session.sid)) gateways.order(session.gateway, 'publish', session.sid)
    answer(DONE)
  }

  const carryOut = (job: OrderJob): Promise<void> | void => {
    const { order } = job
    switch (order.type) {
      case 'disconnect':
        return byGame(job, { kind: 'close', reason: 'boot', text: order.text ?? null })
      case 'message':
        return byGame(job, { kind: 'message', from: order.by.name, text: order.text ?? '' })
      case 'reconcile':
        return reconcile(job)
      case 'retry':
        return retry(job)
      case 'drop':
        return drop(job)
      case 'recheck':
        return recheck(job)
    }
  }

  /** A broken invariant is the line's to report; but a wizard who is told nothing would order it again. */
  const guarded = async (job: OrderJob): Promise<void> => {
    let isAnswered = false
    const answer = (what: Answer): void => {
      isAnswered = true
      job.answer(what)
    }
    try {
      await carryOut({ ...job, answer })
    } catch (error) {
      if (!isAnswered && isCurrent()) job.answer(refused('a broken invariant: the server’s log says which'))
      throw error
    }
  }

  return {
    /** `session` undefined: unknown here, or ended. */
    async applyOrder(
      session: SessionRecord | undefined,
      event: SessionEventOf<'command'>,
      order: WizardOrder,
      record: LogRecord,
      turn: Turn,
    ): Promise<void> {
      if (owned.orders.has(event.id)) {
        events.onDropped('repeat')
        return
      }
      if (!session) {
        say(event, order, { outcome: 'gone' })
        return
      }
      const answer = (what: Answer): void => {
        say(event, order, what)
        // What was refused stays refused, and what was done is not done again, by whoever comes after us. A look changes
        // nothing, not even the version that the next command expects.
        if (!isLook(order)) turn.rememberCommand(session, event.id)
      }
      const version = versionOf(session)
      if (order.expect !== null && order.expect !== version) {
        answer({ ...refused(`it has changed since: version ${order.expect} -> ${version}`), version })
        return
      }
      await guarded({ session, order, event, record, turn, answer })
    },
  }
}

const isLook = ({ type, dryRun }: WizardOrder): boolean => type === 'recheck' || dryRun === true
