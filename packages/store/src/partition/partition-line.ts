import { type Clock, traceOf } from '@holdfast/runtime'
import {
  type SessionEvent,
  type SessionEventOf,
  type SessionRecord,
  type Sid,
  sessionTopicSchema,
} from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import { decode } from '../kafka/envelope.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { OrderParts } from '../orders/order-parts.ts'
import { createWizardDesk } from '../orders/wizard-orders.ts'
import { createCommandDesk } from './apply-command.ts'
import { createEndDesk } from './apply-end.ts'
import { createInputDesk } from './apply-input.ts'
import { decide } from './apply-record.ts'
import { createLineDesk, type DeskOptions } from './line-desk.ts'
import { publishCopy } from './publish-copy.ts'
import { lostSession } from './restore.ts'
import { createTurn, type Turn } from './turn.ts'

/** Records that wait in one partition before fetching pauses; a batch on its way may still come on top. */
export const LINE_QUEUE_MAX = 2_000
const LINE_QUEUE_LOW = LINE_QUEUE_MAX / 2
/** How long the line works before it lets other partitions and heartbeats run. */
const SLICE_MS = 20

export interface LineOptions extends DeskOptions {
  orders: OrderParts
  batcher: Batcher
  clock: Clock
}

export interface PartitionLine {
  /** Takes records in their order; those before `fetched` are passed over. */
  enqueue(records: readonly LogRecord[]): void
  readonly length: number
  readonly isFull: boolean
  /** Sessions whose activity changed since they were last published. */
  takeActive(): ReadonlySet<Sid>
}

/** No address and no host: events are read by more people than sessions are. */
const openingOf = ({ handle, gateway, transport }: SessionRecord) => ({ handle, gateway, transport })

function showDetached(
  { sid, handle, gateway, playerName }: SessionRecord,
  { reason, detachedUntil }: SessionEventOf<'connection.detached'>,
  turn: Turn,
): void {
  turn.show('connection.detached', sid, { reason, until: detachedUntil, handle, gateway, player: playerName })
}

/**
 * A partition is a line of work: its records are applied one at a time, each to its end. What takes longer than a few
 * milliseconds does not hold the line (see `Effect` of kind `ask`). After each record the session's fields, its number,
 * its outputs and `next` change together, in one synchronous step; when ownership ends while a game is still deciding,
 * nothing of that record happens here.
 */
export function createPartitionLine(options: LineOptions): PartitionLine {
  const { owned, game, seal, replica, outbox, batcher, clock, isCurrent, events } = options
  const desk = createLineDesk(options)
  const { contextOf, askGame, poisoned } = desk
  const ends = createEndDesk(desk)
  const { applyInput, park, applyAnswer } = createInputDesk(desk)
  const commands = createCommandDesk(desk, ends)
  const { applyOrder } = createWizardDesk(desk, commands, options.orders)
  const queue: LogRecord[] = []
  let running = false
  let wasFull = false
  let active = new Set<Sid>()

  /** Known to others, but not to us, and not about to be: see lostSession. Only while replaying: then others may know more. */
  const lostOf = ({ sid, type }: SessionEvent): SessionRecord | undefined =>
    owned.ready || type === 'connection.established' ? undefined : lostSession(owned, replica, sid)

  const applyDecided = async (event: SessionEvent, record: LogRecord, turn: Turn): Promise<void> => {
    const session = owned.sessions.get(event.sid) ?? lostOf(event)
    const decision = decide(session, owned.dead.has(event.sid), event)
    switch (decision.kind) {
      case 'drop':
        events.onDropped(decision.why)
        return
      case 'establish': {
        const effects = await askGame(() => game.established(decision.record, contextOf(event, `c:${event.id}`)))
        if (!isCurrent()) return
        owned.sessions.put(decision.record, false)
        replica.putOwn(owned.sessions.get(event.sid) ?? decision.record, owned.epoch)
        turn.apply(event.sid, effects ?? [], null)
        turn.show('connection.opened', event.sid, openingOf(decision.record))
        return
      }
      case 'bury':
        ends.bury(event.sid, event.connectionEpoch, {
          at: event.at,
          reason: event.type === 'connection.closed' ? event.reason : 'lost',
        })
        return
      case 'merge':
        owned.sessions.merge(event.sid, decision.fields)
        if (session && event.type === 'connection.detached') showDetached(session, event, turn)
        return
    }
    if (decision.kind === 'order' && event.type === 'command' && event.command.kind === 'wizard') {
      await applyOrder(owned.dead.has(event.sid) ? undefined : session, event, event.command.order, record, turn)
    }
    if (!session) return
    if (decision.kind === 'end' && event.type === 'connection.closed') await ends.applyClosed(session, event, turn)
    if (decision.kind === 'answer' && event.type === 'command') await applyAnswer(session, event, record, turn)
    if (decision.kind === 'command' && event.type === 'command')
      await commands.applyCommand(session, event, record, turn)
    if ((decision.kind === 'input' || decision.kind === 'park') && event.type === 'input') {
      if (decision.skipped > 0) events.onSkippedInputs(event.sid, decision.skipped)
      if (decision.kind === 'input') await applyInput(session, event, event, record, turn)
      else park(session, event, turn)
    }
  }

  const publish = (sid: Sid, isUrgent: boolean): void => {
    const session = owned.sessions.get(sid)
    if (!session) return
    replica.putOwn(session, owned.epoch)
    if (isUrgent) publishCopy(owned, session, outbox, clock)
    else active.add(sid)
  }

  const applyOne = async (record: LogRecord): Promise<void> => {
    const decoded = decode(sessionTopicSchema, record.value)
    const turn = createTurn({ owned, offset: record.offset, outbox, seal, sessions: replica })
    if (!decoded.ok) {
      events.onDropped('unreadable')
      poisoned(record, decoded.problem)
    } else if ('sid' in decoded.value) await applyDecided(decoded.value, record, turn)
    else events.onPartitionEvent(owned, decoded.value, record.offset)
    if (!isCurrent()) return
    owned.next = record.offset + 1
    if (decoded.ok && 'sid' in decoded.value) {
      const { sid, type } = decoded.value
      publish(sid, turn.isUrgent || (type !== 'input' && type !== 'command'))
      const session = owned.sessions.get(sid)
      if (turn.hasAsked && session) events.onAsked(owned, session)
    }
    events.onProgress(owned)
  }

  /** A broken invariant ends one record's work, not the process: else it would be met again at every start. */
  const applyGuarded = async (record: LogRecord): Promise<void> => {
    try {
      await applyOne(record)
    } catch (error) {
      events.onPoison(traceOf(error))
      if (!isCurrent()) return
      poisoned(record, 'a broken invariant')
      owned.next = record.offset + 1
      events.onProgress(owned)
    }
  }

  const run = async (): Promise<void> => {
    running = true
    let sliceEnd = clock.monotonic() + SLICE_MS
    for (let record = queue.shift(); record && isCurrent(); record = queue.shift()) {
      if (batcher.isFull) await batcher.room()
      if (!isCurrent()) break
      await applyGuarded(record)
      if (wasFull && queue.length <= LINE_QUEUE_LOW) {
        wasFull = false
        events.onRoom(owned)
      }
      if (clock.monotonic() < sliceEnd) continue
      await new Promise(setImmediate)
      sliceEnd = clock.monotonic() + SLICE_MS
    }
    running = false
  }

  return {
    enqueue(records) {
      for (const record of records) {
        if (record.offset < owned.fetched) continue
        queue.push(record)
        owned.fetched = record.offset + 1
      }
      wasFull ||= queue.length >= LINE_QUEUE_MAX
      if (!running && queue.length > 0) void run()
    },
    get length() {
      return queue.length
    },
    get isFull() {
      return queue.length >= LINE_QUEUE_MAX
    },
    takeActive() {
      const taken = active
      active = new Set()
      return taken
    },
  }
}
