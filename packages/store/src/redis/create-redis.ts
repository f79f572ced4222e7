import { Redis } from 'ioredis'

/** What a client is for; each purpose has a connection of its own, so that a slow load never delays a flush. */
export type RedisPurpose = 'flush' | 'bulk' | 'lease'

const COMMAND_TIMEOUT_MS: Record<RedisPurpose, number> = { flush: 800, bulk: 5_000, lease: 800 }
const RECONNECT_MAX_MS = 1_000

/**
 * The only place that makes a Redis client. A command is answered, or fails within its time-out, and is then never
 * sent behind our back: no offline queue and no resend (ioredis replays writes that it has already rejected), since
 * only we repeat a write, with newer values. A half-open connection is cut after 2 s of silence.
 *
 * `onError` hears each connection error; reconnecting goes on for ever.
 */
export function createRedis(url: string, purpose: RedisPurpose, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    connectionName: `holdfast-${purpose}`,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS[purpose],
    socketTimeout: Math.max(2_000, COMMAND_TIMEOUT_MS[purpose] + 200),
    connectTimeout: 1_000,
    keepAlive: 5_000,
    maxLoadingRetryTime: 500,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_MAX_MS) + Math.random() * 100,
    // After a failover the old primary answers READONLY: connect anew, and let our own retry write again.
    reconnectOnError: (error) => (/READONLY|MASTERDOWN/.test(error.message) ? 1 : false),
  })
  redis.on('error', onError)
  return redis
}

export type { Redis }
