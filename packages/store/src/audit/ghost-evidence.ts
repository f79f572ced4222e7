import type { Clock } from '@holdfast/runtime'
import type { Partition, PartitionEvent, Sid } from '../contracts/index.ts'
import type { ControlBoard } from '../control/control-board.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { ProgressWatch } from '../partition/progress-watch.ts'
import type { RedisCopy } from '../redis/redis-copies.ts'

/** A question that got no answer is asked again after this. */
const ASK_AGAIN_MS = 4_000
/** Questions that may be open; more are not asked until some are answered or old. */
const OPEN_MAX = 1_000

/** A sid that Redis has and memory has not, since its first look. */
export interface Stranger {
  sid: Sid
  owned: OwnedPartition
  copy: RedisCopy
  /** Monotonic ms. */
  since: number
}

export interface GhostEvidence {
  /**
   * Whether the owner has heard everything that it would have to hear of the session if there was one. False: not yet, and
   * what is missing has been asked for. Rejects when Redis does not answer.
   */
  isConclusive(stranger: Stranger): Promise<boolean>
  /** Takes what a gateway has told of a partition; call it when everything before it is applied. */
  heard(event: PartitionEvent): void
}

export interface GhostEvidenceOptions {
  clock: Clock
  incarnation: string
  board: Pick<ControlBoard, 'send'>
  progress: Pick<ProgressWatch, 'caughtUpAt'>
  /** By two witnesses (gateways/witness.ts); rejects when Redis does not answer. */
  isGatewayDead: (gateway: string, slot: number) => Promise<boolean>
}

interface Question {
  id: string
  askedAt: number
  /** What the gateway holds; null until its answer has been applied. */
  answer: ReadonlySet<Sid> | null
}

/**
 * A session that a gateway has registered is in Redis before its owner hears of it, and the event may be held up for as
 * long as Kafka is away. So an unknown session is a ghost only when nothing can come any more:
 *
 * - it has ended here: the tombstone is the last word;
 * - its gateway is not dead: it was asked afterwards what it holds, and the answer, which lies in the log behind all that
 *   it said before, has been applied and does not name the session;
 * - its gateway is dead, or it never had one: everything that was in the log at the first look has been applied.
 */
export function createGhostEvidence(options: GhostEvidenceOptions): GhostEvidence {
  const { clock, incarnation, board, progress, isGatewayDead } = options
  const questions = new Map<string, Question>()
  let asked = 0

  const forgetOld = (now: number): void => {
    for (const [key, { askedAt }] of questions) if (now - askedAt > 2 * ASK_AGAIN_MS) questions.delete(key)
  }

  const ask = (gateway: string, partition: Partition, key: string): void => {
    const now = clock.monotonic()
    forgetOld(now)
    if (questions.size >= OPEN_MAX) return
    const id = `ghost:${incarnation}:${++asked}`
    questions.set(key, { id, askedAt: now, answer: null })
    board.send({
      v: 1,
      kind: 'ask',
      id,
      at: clock.now(),
      from: incarnation,
      what: 'inventory',
      gateway,
      partitions: [partition],
    })
  }

  const isAnswered = (gateway: string, { sid, owned, since }: Stranger): boolean => {
    const key = `${gateway} ${owned.partition}`
    const question = questions.get(key)
    const isLater = question !== undefined && question.askedAt >= since
    if (isLater && question.answer) return !question.answer.has(sid) // one that is held is about to be introduced
    if (!isLater || clock.monotonic() - question.askedAt > ASK_AGAIN_MS) ask(gateway, owned.partition, key)
    return false
  }

  return {
    async isConclusive(stranger) {
      const { sid, owned, copy, since } = stranger
      if (owned.dead.has(sid)) return true
      const { gateway = '', slot = '' } = copy.hash
      // A hash that names no gateway, or no slot, was never registered by one.
      const isNamed = gateway !== '' && slot !== ''
      if (isNamed && !(await isGatewayDead(gateway, Number(slot)))) return isAnswered(gateway, stranger)
      return progress.caughtUpAt(owned) > since
    },
    heard(event) {
      if (event.type !== 'gateway.inventory') return
      for (const question of questions.values()) {
        if (question.id === event.ask) question.answer = new Set(event.held.map(([sid]) => sid))
      }
    },
  }
}
