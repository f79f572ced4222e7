export { clientAddress, isInNetworks, networks, withoutMapping } from './client-address.ts'
export { type Clock, systemClock, type Timer } from './clock.ts'
export {
  ConfigError,
  count,
  durationMs,
  type Environment,
  flag,
  list,
  origins,
  port,
  readConfig,
  url,
} from './config.ts'
export {
  DEADLINE_EXCEEDED,
  messageOf,
  OperationalError,
  type OperationalErrorOptions,
  once,
  traceOf,
  withDeadline,
} from './errors.ts'
export { generatePassword } from './generated-password.ts'
export { type Check, createHealth, type Health, type HealthOptions, type Readiness } from './health.ts'
export { collectChecks, type HealthServer, type HealthServerOptions, startHealthServer } from './http.ts'
export { createLifecycle, type Lifecycle, type LifecycleOptions } from './lifecycle.ts'
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './logger.ts'
export { createMetrics, METRIC_PREFIX, type Metrics, type MetricsOptions } from './metrics.ts'
export { EXIT, type RunProcessOptions, runProcess } from './run-process.ts'
