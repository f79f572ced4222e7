import type { Clock } from '@holdfast/runtime'
import { type Batcher, encode, TOPICS } from '@holdfast/store'
import { fingerprintOf, partitionOf, type Sid, type StateRecordOf, type WaitingWrite } from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'
import type { Registry } from '../connections/registry.ts'

const TICK_MS = 100
/** What waits for Redis is looked at so often: its tries and errors change by themselves. */
const LOOK_AT_WAITING_MS = 1_000
/** All connections are looked at within so long, as far as SWEEP_MAX a tick goes. */
const SWEEP_MS = 5_000
const SWEEP_MAX = 500
const PUBLISH_MAX = 300
/** While Kafka has not taken older records for so long, copies wait: only their last value counts. */
const KAFKA_LATE_MS = 2_000

export interface OwnCopies {
  /** What the copy shows may have changed: published within two ticks, where it has. */
  changed(sid: Sid): void
  /** Publishes the copy, changed or not. */
  publish(sid: Sid): void
  /** The connection is over: its copy is taken back. */
  ended(sid: Sid): void
  close(): void
}

export interface OwnCopiesOptions {
  batcher: Pick<Batcher, 'send' | 'oldestMs'>
  registry: Pick<Registry, 'get' | 'all' | 'size'>
  /** What of a connection Redis has not acknowledged, and of which connections something waits. */
  waits: { waiting(sid: Sid): WaitingWrite | null; sids(): Iterable<Sid> }
  clock: Clock
}

/**
 * The gateway's memory, published on `holdfast.state`: each connection that the log knows, as soon as it changes. All of
 * them are looked at again within SWEEP_MS (5,000 a second at most), and what is not as it was published is published
 * again: memory that changed without a word shows too. A mark of what was published is kept, not the text, which would
 * double what a connection costs.
 */
export function startOwnCopies({ batcher, registry, waits, clock }: OwnCopiesOptions): OwnCopies {
  const marks = new Map<Sid, number>()
  /** Waits for one whole tick: by then Redis has acknowledged a change as a rule, and one copy tells all of it. */
  let fresh = new Set<Sid>()
  let due = new Set<Sid>()
  let sweep = registry.all()
  let waitingLookedAt = clock.monotonic()

  const send = (sid: Sid, value: string | null): void =>
    batcher.send({ topic: TOPICS.state, partition: partitionOf(sid), key: `${sid}/gateway`, value })

  const publishOne = (connection: Connection, always: boolean): void => {
    const { sid, isEstablished, isClosed } = connection
    if (!isEstablished || isClosed) return
    const copy = copyOf(connection, waits.waiting(sid))
    const mark = fingerprintOf(JSON.stringify(copy))
    if (!always && marks.get(sid) === mark) return
    marks.set(sid, mark)
    send(sid, encode({ v: 1, kind: 'connection', at: clock.now(), ...copy }))
  }

  const look = (sid: Sid): void => {
    const connection = registry.get(sid)
    if (connection) publishOne(connection, false)
  }

  const publishDue = (): void => {
    const all = due
    due = fresh
    fresh = new Set()
    let left = PUBLISH_MAX
    for (const sid of all) {
      if (left-- > 0) look(sid)
      else due.add(sid)
    }
  }

  const sweepOn = (): void => {
    const count = Math.min(SWEEP_MAX, Math.ceil((registry.size * TICK_MS) / SWEEP_MS))
    for (let looked = 0; looked < count; looked++) {
      const next = sweep.next()
      if (next.done) {
        sweep = registry.all()
        return
      }
      const { sid } = next.value
      if (!fresh.has(sid) && !due.has(sid)) publishOne(next.value, false)
    }
  }

  const tick = (): void => {
    if (batcher.oldestMs > KAFKA_LATE_MS) return
    const now = clock.monotonic()
    if (now - waitingLookedAt >= LOOK_AT_WAITING_MS) {
      waitingLookedAt = now
      for (const sid of waits.sids()) due.add(sid)
    }
    publishDue()
    sweepOn()
  }

  const timer = clock.setInterval(tick, TICK_MS)
  return {
    changed: (sid) => void fresh.add(sid),
    publish(sid) {
      const connection = registry.get(sid)
      if (connection) publishOne(connection, true)
    },
    ended(sid) {
      fresh.delete(sid)
      due.delete(sid)
      if (marks.delete(sid)) send(sid, null)
    },
    close: () => timer.cancel(),
  }
}

function copyOf(
  { sid, fields, player, loginState }: Connection,
  pending: WaitingWrite | null,
): Omit<StateRecordOf<'connection'>, 'v' | 'kind' | 'at'> {
  return { sid, fields, player, loginState, pending }
}
