import type { Clock } from '@holdfast/runtime'
import type { StateReplica } from '../replica/state-replica.ts'
import type { StoreMetrics } from '../store-metrics.ts'
import type { FlusherEvents } from '../write-behind/partition-flusher.ts'
import type { QueueMeter } from '../write-behind/queue-figures.ts'
import type { Outbox } from './outbox.ts'
import type { OwnedPartition } from './owned-partition.ts'
import { publishCopy } from './publish-copy.ts'

/** What others learn of flushes: counted, logged, published, shown. */
export function createFlushEvents(options: {
  seen: StoreMetrics
  meter: QueueMeter
  replica: StateReplica
  outbox: Outbox
  clock: Clock
  onFenced: (owned: OwnedPartition) => void
}): FlusherEvents {
  const { seen, meter, replica, outbox, clock, onFenced } = options
  return {
    onFenced(owned) {
      seen.fenced(owned)
      onFenced(owned)
    },
    onRolledBack: seen.rolledBack,
    onDead(owned, sid) {
      seen.deadInStore(owned)
      owned.sessions.remove(sid)
      owned.dead.set(sid, clock.now())
      replica.endOwn(sid, owned.epoch, clock.now())
      outbox.publishEnded({ v: 1, kind: 'ended', epoch: owned.epoch, at: clock.now(), sid, reason: 'lost' })
    },
    onNewerConnection: seen.newerConnection,
    onStored(fields, sessions) {
      meter.stored(sessions)
      seen.stored(fields)
    },
    onFailed(fields, problem) {
      meter.failed(problem)
      seen.storeFailed(fields, problem)
    },
    onDeadLetter(owned, { sid, fields, attempts, problem }) {
      meter.failed(problem)
      seen.deadLetter(sid, fields, problem)
      const session = owned.sessions.get(sid)
      if (session) publishCopy(owned, session, outbox, clock)
      outbox.deadWrite({ sid, fields: [...fields], reason: problem })
      const id = `f:${owned.partition}:${owned.epoch}:${owned.flushSequence}:${sid}`
      outbox.show('flush.failed', sid, { error: problem, fields: fields.join(' '), attempts, isDead: true }, id)
    },
    onCall(ms, result) {
      meter.wrote(ms)
      seen.flushed(ms, result)
    },
  }
}
