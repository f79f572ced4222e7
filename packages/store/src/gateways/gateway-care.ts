import { type Clock, type Logger, type Metrics, messageOf } from '@holdfast/runtime'
import type { ControlBoard } from '../control/control-board.ts'
import { keepHandleFloor } from '../handles/handle-floor.ts'
import type { Outbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { Redis } from '../redis/create-redis.ts'
import { createHandleCounter } from '../redis/handle-counter.ts'
import { createSessionScripts } from '../redis/session-scripts.ts'
import { readSlotHolder } from '../redis/slot-lease.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import { type OrphanEvents, startOrphanSweep } from './orphans.ts'
import { createResync, type Resync, type ResyncOptions } from './resync.ts'
import { createGatewayWitness, type GatewayWitness } from './witness.ts'

export interface GatewayCare extends Resync, Pick<GatewayWitness, 'isDead'> {}

export interface GatewayCareOptions {
  clock: Clock
  logger: Logger
  metrics: Metrics
  incarnation: string
  board: ControlBoard
  outbox: Outbox
  /** Not the client of flushes: a thousand detaches must not keep those waiting. */
  redis: Redis
  replica: Pick<StateReplica, 'highestHandle'>
  owned: () => Iterable<OwnedPartition>
  isRedisUp: () => boolean
  graceMs: number
}

/** What an owner does about gateways: it compares what they hold with what it knows, and outlives those that die. */
export function startGatewayCare(options: GatewayCareOptions): GatewayCare {
  const { redis, replica, logger } = options
  const seen = createCareMetrics(options.metrics, logger)
  const resync = createResync({ ...options, events: seen })
  const witness = createGatewayWitness({ ...options, holderOf: (slot) => readSlotHolder(redis, slot) })
  const orphans = startOrphanSweep({ ...options, scripts: createSessionScripts(redis), witness, events: seen })
  const floor = keepHandleFloor({
    ...options,
    counter: createHandleCounter(redis),
    highest: () => replica.highestHandle,
    onFailed: (error) => logger.debug({ error: messageOf(error) }, 'Redis did not take the highest handle'),
  })
  return {
    ...resync,
    isDead: witness.isDead,
    close() {
      resync.close()
      orphans.close()
      floor.close()
    },
  }
}

function createCareMetrics(metrics: Metrics, logger: Logger): OrphanEvents & ResyncOptions['events'] {
  const findings = metrics.counter('gateway_resync_total', 'Differences between gateways and owners that were met', [
    'what',
  ])
  const orphans = metrics.counter('sessions_orphaned_total', 'Sessions detached because their gateway had died')
  const forsaken = metrics.counter('sessions_forsaken_total', 'Detached sessions to which nobody came back in time')
  const failures = metrics.counter('gateway_care_failures_total', 'Looks after dead gateways that Redis did not answer')
  return {
    onFound(what, gateway, partition, count) {
      findings.inc({ what }, count)
      logger.warn({ what, gateway, partition, count }, 'a gateway and this owner differ; it is put right')
    },
    onOrphaned(gateway, sessions) {
      orphans.inc(sessions)
      logger.warn({ gateway, sessions }, 'a gateway has died: its sessions wait for their players')
    },
    onForsaken(sessions) {
      forsaken.inc(sessions)
      logger.info({ sessions }, 'detached sessions to which nobody came back have ended')
    },
    onFailed(problem) {
      failures.inc()
      logger.debug({ error: problem }, 'Redis did not answer the look after dead gateways')
    },
  }
}
