import type { Clock, Logger, Metrics } from '@holdfast/runtime'
import type { Batcher } from '@holdfast/store'
import type { CloseReason } from '@holdfast/store/contracts'
import type { Registry } from './connections/registry.ts'

const LOG_EVERY_MS = 5_000

/** What the gateway counts and says; no addresses, no text. */
export function createGatewayMetrics(metrics: Metrics, logger: Logger, clock: Clock) {
  const opened = metrics.counter('connections_opened_total', 'Connections accepted', ['transport'])
  const closed = metrics.counter('connections_closed_total', 'Connections ended', ['reason'])
  const dropped = metrics.counter(
    'gateway_dropped_total',
    'Records, lines and bytes of lines that were not passed on',
    ['what'],
  )
  const refused = metrics.counter('connections_refused_total', 'Connections turned away', ['why'])
  const roundTrip = metrics.histogram('command_round_trip_ms', 'From a line to its answer at the gateway, ms')
  const updates = metrics.counter('metadata_updates_total', 'Fields written to Redis', ['key', 'result'])
  const trouble = metrics.counter('gateway_trouble_total', 'Failures of Redis and Kafka that were met', ['part'])
  const lastLogged = new Map<string, number>()

  return {
    opened: (transport: string) => opened.inc({ transport }),
    closed: (reason: CloseReason) => closed.inc({ reason }),
    dropped: (what: string, count: number) => dropped.inc({ what }, count),
    refused: (why: string) => refused.inc({ why }),
    answered: (ms: number) => roundTrip.observe(ms),
    /** Fields of connections, and what Redis made of their write. */
    updated(fields: readonly string[], result: 'stored' | 'failed' | 'refused'): void {
      for (const key of fields) updates.inc({ key, result })
    },
    trouble(part: 'redis' | 'kafka', problem: string): void {
      trouble.inc({ part })
      const now = clock.monotonic()
      if (now - (lastLogged.get(part) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return
      lastLogged.set(part, now)
      logger.warn({ error: problem }, `${part} does not do what was asked; it is tried again`)
    },
    collectFrom(registry: Registry, batcher: Batcher): void {
      metrics.gauge('connections', 'Live connections', [], (gauge) => gauge.set(registry.size))
      metrics.gauge('kafka_backlog_records', 'Records that wait for Kafka', [], (gauge) =>
        gauge.set(batcher.backlogRecords),
      )
      metrics.gauge('kafka_oldest_ms', 'How long the oldest record waits for Kafka, ms', [], (gauge) =>
        gauge.set(batcher.oldestMs),
      )
    },
  }
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>
