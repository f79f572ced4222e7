import { randomUUID } from 'node:crypto'
import type { Clock } from '@holdfast/runtime'
import type { ControlRecordOf, Partition, PartitionEvent, Sid } from '../contracts/index.ts'
import type { ControlBoard } from '../control/control-board.ts'
import type { Outbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import { attachedTo, compareHeld, type Differences, digestAt } from './compare-held.ts'

/** Partitions that become ready within so long are asked about in one question. */
const GATHER_MS = 250
/** A question that got no answer by then is asked again at the next mismatch. */
const ANSWER_WAIT_MS = 5_000
/** Sessions in one order. */
const ORDER_MAX = 500

export type ResyncFinding = 'mismatch' | keyof Differences

export interface Resync {
  /** Has every gateway tell the digest of what it holds in the partition. */
  ready(owned: OwnedPartition): void
  /** Takes what a gateway tells, when everything before it in the log is applied. Synchronous. */
  heard(owned: OwnedPartition, event: PartitionEvent, offset: number): void
  close(): void
}

export interface ResyncOptions {
  clock: Clock
  incarnation: string
  board: Pick<ControlBoard, 'send'>
  outbox: Pick<Outbox, 'lifecycle' | 'tellSlot'>
  events: { onFound(what: ResyncFinding, gateway: string, partition: Partition, count: number): void }
}

interface Question {
  id: string
  askedAt: number
  owned: OwnedPartition
  /** What memory took for held by the gateway when it was asked: sid -> connectionEpoch. */
  had: ReadonlyMap<Sid, number>
}

/**
 * Heals whatever event of a gateway was lost: a digest that is not as memory would have it brings the list, and the list what
 * is to be done. Sessions whose end was lost are ended by a record of their own; those that memory does not know are
 * introduced again by their gateway; sockets whose session is over are closed. Nothing is concluded while the log is being
 * replayed: memory may be ahead of it then. A partition that is taken over is asked about when it is ready.
 */
export function createResync(options: ResyncOptions): Resync {
  const { clock, incarnation, board, outbox, events } = options
  const questions = new Map<string, Question>()
  let gathering = new Set<Partition>()

  const ask = (what: 'digest' | 'inventory', gateway: string | null, partitions: readonly Partition[]): string => {
    const id = randomUUID()
    const head = { v: 1, kind: 'ask', id, at: clock.now(), from: incarnation } as const
    board.send({ ...head, what, gateway, partitions: [...partitions] })
    return id
  }

  const order = (gateway: string, what: ControlRecordOf<'order'>['what'], sids: readonly Sid[]): void => {
    for (let i = 0; i < sids.length; i += ORDER_MAX) {
      const some = sids.slice(i, i + ORDER_MAX)
      board.send({ v: 1, kind: 'order', at: clock.now(), from: incarnation, gateway, what, sids: some })
    }
  }

  const askForList = (owned: OwnedPartition, gateway: string): void => {
    const { partition } = owned
    const key = `${gateway} ${partition}`
    const now = clock.monotonic()
    const open = questions.get(key)
    if (open?.owned === owned && now - open.askedAt < ANSWER_WAIT_MS) return
    for (const [other, { askedAt }] of questions) if (now - askedAt >= ANSWER_WAIT_MS) questions.delete(other)
    const had = new Map<Sid, number>()
    for (const { sid, connectionEpoch } of attachedTo(gateway, owned)) had.set(sid, connectionEpoch)
    questions.set(key, { id: ask('inventory', gateway, [partition]), askedAt: now, owned, had })
  }

  /** What memory had when this answer was asked for; null where this life of ownership did not ask for it. */
  const takeQuestion = (owned: OwnedPartition, { from, ask: id }: PartitionEvent): ReadonlyMap<Sid, number> | null => {
    const key = `${from} ${owned.partition}`
    const question = questions.get(key)
    if (!question || question.id !== id || question.owned !== owned) return null
    questions.delete(key)
    return question.had
  }

  const takeList = (
    owned: OwnedPartition,
    event: Extract<PartitionEvent, { type: 'gateway.inventory' }>,
    offset: number,
  ): void => {
    const { partition, epoch } = owned
    const { from, slot, held } = event
    const found = compareHeld(from, held, owned, takeQuestion(owned, event))
    for (const what of FINDINGS) {
      if (found[what].length > 0) events.onFound(what, from, partition, found[what].length)
    }
    for (const session of found.lost) {
      const id = `l:${partition}:${offset}:${session.sid}`
      outbox.lifecycle(session, { type: 'connection.closed', reason: 'lost' }, id)
    }
    order(from, 'introduce', found.unknown)
    order(from, 'refresh', found.estranged)
    if (found.over.length === 0) return
    const cause = { partition, offset, index: 0 }
    outbox.tellSlot(slot, { to: found.over, parts: [{ kind: 'close', reason: 'lease-lost' }], cause, epoch })
  }

  const timer = clock.setInterval(() => {
    if (gathering.size === 0) return
    ask('digest', null, [...gathering])
    gathering = new Set()
  }, GATHER_MS)

  return {
    ready: ({ partition }) => void gathering.add(partition),
    heard(owned, event, offset) {
      if (!owned.ready) return
      if (event.type === 'gateway.inventory') {
        takeList(owned, event, offset)
        return
      }
      const { count, hash } = digestAt(event.from, owned)
      if (event.count === count && event.hash === hash) return
      events.onFound('mismatch', event.from, owned.partition, 1)
      askForList(owned, event.from)
    },
    close: () => timer.cancel(),
  }
}

const FINDINGS: readonly (keyof Differences)[] = ['lost', 'unknown', 'estranged', 'over']
