import type { Logger, Metrics } from '@holdfast/runtime'

/** Warnings of one kind are logged at most this often; all are counted. */
const LOG_EVERY_MS = 5_000

export interface ConsoleFigures {
  sessions: number
  /** Records that could not be read, of all topics. */
  unreadable: number
  lag: number
  listeners: number
}

/** What the console's read model counts and says. */
export function createConsoleMetrics(metrics: Metrics, logger: Logger) {
  const redisErrors = metrics.counter('redis_errors_total', 'Connection errors of Redis clients')
  const kafkaWarnings = metrics.counter('kafka_warnings_total', 'Warnings of the Kafka client')
  const batchFailures = metrics.counter('kafka_batch_failures_total', 'Batches that a new producer sent again')
  const readFailures = metrics.counter('console_redis_reads_failed_total', 'Readings of Redis that had no answer')
  const listenerFailures = metrics.counter('console_listeners_failed_total', 'Live streams that were let go')
  const lastLogged = new Map<string, number>()

  const warn = (message: string, detail: object): void => {
    const now = performance.now()
    if (now - (lastLogged.get(message) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return
    lastLogged.set(message, now)
    logger.warn(detail, message)
  }

  return {
    redisError(error: Error): void {
      redisErrors.inc()
      warn('Redis connection', { error: error.message })
    },
    redisReadFailed(problem: string): void {
      readFailures.inc()
      warn('Redis does not answer the console; what was read last is shown as such', { error: problem })
    },
    kafkaWarning(message: string, detail: { namespace: string; error: string | undefined }): void {
      kafkaWarnings.inc()
      warn('Kafka client', { reason: message, ...detail })
    },
    batchFailed(problem: string): void {
      batchFailures.inc()
      warn('Kafka did not take a batch; it is sent again', { error: problem })
    },
    kafkaAway(problem: string): void {
      warn('Kafka does not answer; the console shows Redis alone until it does', { error: problem })
    },
    listenerFailed(error: unknown): void {
      listenerFailures.inc()
      logger.warn({ err: error }, 'a live stream failed and was let go')
    },
    collectFrom(figures: () => ConsoleFigures): void {
      const gauge = (name: string, help: string, value: (figures: ConsoleFigures) => number) =>
        metrics.gauge(name, help, [], (self) => self.set(value(figures())))
      gauge('console_sessions', 'Sessions that the console knows', ({ sessions }) => sessions)
      gauge('console_unreadable_records', 'Records that the console could not read', ({ unreadable }) => unreadable)
      gauge('console_lag_records', 'Records that wait to be read by the console', ({ lag }) => lag)
      gauge('console_streams', 'Live streams', ({ listeners }) => listeners)
    },
  }
}

export type ConsoleMetrics = ReturnType<typeof createConsoleMetrics>
