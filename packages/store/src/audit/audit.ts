import type { Clock, Logger, Metrics } from '@holdfast/runtime'
import type { Partition, PartitionEvent, State } from '../contracts/index.ts'
import type { ControlBoard } from '../control/control-board.ts'
import type { Outbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { ProgressWatch } from '../partition/progress-watch.ts'
import type { RedisReader } from '../redis/redis-copies.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import type { Breaker } from '../write-behind/breaker.ts'
import { createAuditMetrics } from './audit-metrics.ts'
import { type Auditor, startAuditor } from './auditor.ts'
import { createCaseBook } from './case-book.ts'
import { createGhostEvidence } from './ghost-evidence.ts'
import { createObserver } from './observer.ts'
import { createRepairs } from './repairs.ts'
import { createTrust } from './trust.ts'

export interface AuditOptions {
  clock: Clock
  logger: Logger
  metrics: Metrics
  incarnation: string
  lives: () => Iterable<{ owned: OwnedPartition }>
  life: (partition: Partition) => { owned: OwnedPartition } | undefined
  redis: RedisReader
  replica: Pick<StateReplica, 'connectionOf' | 'endOwn'>
  isReplicaFresh: () => boolean
  board: Pick<ControlBoard, 'on' | 'beatOf' | 'isAlive' | 'echoMs' | 'send'>
  outbox: Outbox
  breaker: Pick<Breaker, 'state'>
  /** By two witnesses; rejects when Redis does not answer. */
  isGatewayDead: (gateway: string, slot: number) => Promise<boolean>
  progress: Pick<ProgressWatch, 'caughtUpAt'>
}

export interface Audit extends Auditor {
  /** Takes what a gateway tells of a partition, once everything before it is applied. */
  heard(event: PartitionEvent): void
}

/** The auditor of this process with all its parts. Its docstring: auditor.ts; who is right, and why: docs/consistency-model.md. */
export function startAudit(options: AuditOptions): Audit {
  const { clock, logger, metrics, lives, life, redis } = options
  const isCurrent = (owned: OwnedPartition): boolean => life(owned.partition)?.owned === owned
  const trust = createTrust({ ...options, isCurrent })
  const evidence = createGhostEvidence(options)
  const observer = createObserver({ ...options, trust, evidence })
  const repairs = createRepairs(options)

  /** Sessions by the state of their copies; those of partitions that cannot be judged now are unknown. */
  const counts = (): Partial<Record<State, number>> => {
    const known: Record<State, number> = { ...NONE, ...cases.counts() }
    let total = 0
    for (const { owned } of lives()) {
      total += owned.sessions.size
      if (trust.doubt(owned) !== null) known.unknown += owned.sessions.size
    }
    const wrong = known.drifted + known.missing + known.settling
    return { ...known, 'in-sync': Math.max(0, total - known.unknown - wrong) }
  }
  const seen = createAuditMetrics(metrics, logger, counts)
  const cases = createCaseBook({
    ...options,
    repairs,
    events: { onFound: seen.found, onHealed: seen.healed, onRepaired: seen.repaired, onTooMany: seen.tooMany },
  })
  const auditor = startAuditor({ clock, lives, life, redis, observer, trust, cases, repairs, seen })

  return {
    ...auditor,
    heard: evidence.heard,
    close() {
      auditor.close()
      trust.close()
    },
  }
}

const NONE: Record<State, number> = {
  'in-sync': 0,
  settling: 0,
  drifted: 0,
  missing: 0,
  ghost: 0,
  unknown: 0,
  ignored: 0,
}
