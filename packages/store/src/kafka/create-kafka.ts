import { createRequire } from 'node:module'
import net from 'node:net'
import { OperationalError } from '@holdfast/runtime'
import { Kafka, logLevel } from 'kafkajs'
import { z } from 'zod'

/** The kafkajs that the guards of this folder were made for, line by line; another version needs another look. */
const KAFKAJS_VERSION = '2.2.4'

const require = createRequire(import.meta.url)

export interface KafkaOptions {
  brokers: readonly string[]
  /** Shown in the broker's logs and metrics. */
  clientId: string
  /** kafkajs's own warnings and errors, without payloads. */
  onWarning: (message: string, detail: { namespace: string; error: string | undefined }) => void
}

/**
 * The only place that makes a Kafka client. It tries again for ever (each caller has a bound of its own), notices a
 * stopped broker by its request time-out, and sends at once (kafkajs never switches Nagle's algorithm off, which costs
 * up to 40 ms a request).
 */
export function createKafka({ brokers, clientId, onWarning }: KafkaOptions): Kafka {
  stopIdleTimers()
  return new Kafka({
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        onWarning(log.message, { namespace, error: typeof log.error === 'string' ? log.error : undefined }),
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    enforceRequestTimeout: true,
    retry: {
      initialRetryTime: 50,
      maxRetryTime: 500,
      retries: Number.MAX_SAFE_INTEGER,
      restartOnFailure: () => Promise.resolve(true),
    },
    socketFactory: ({ host, port, onConnect }) => {
      const socket = net.connect({ host, port }, onConnect)
      socket.setNoDelay(true)
      socket.setKeepAlive(true, 10_000)
      return socket
    },
  })
}

const requestQueueSchema = z.object({
  throttledUntil: z.number(),
  pending: z.array(z.unknown()),
  throttleCheckTimeoutId: z.unknown(),
  checkPendingRequests: z.custom<() => void>((value) => typeof value === 'function'),
})
type RequestQueue = z.infer<typeof requestQueueSchema>

/**
 * kafkajs 2.2.4 arms a timer of 0 to 1 ms per connection again and again, for ever (its issues 1556 and 1704); only a
 * queue that is throttled or holds requests needs one. Setting it twice does no harm.
 */
function stopIdleTimers(): void {
  const { version } = z.object({ version: z.string() }).parse(require('kafkajs/package.json'))
  if (version !== KAFKAJS_VERSION) {
    throw new OperationalError(`kafkajs ${version} is installed; its guards were made for ${KAFKAJS_VERSION}`, {
      code: 'KAFKAJS_VERSION',
    })
  }
  const queueClass: { prototype: object } = require('kafkajs/src/network/requestQueue')
  Object.assign(queueClass.prototype, {
    scheduleCheckPendingRequests(this: RequestQueue) {
      if (this.throttleCheckTimeoutId || this.pending.length === 0) return
      this.throttleCheckTimeoutId = setTimeout(
        () => {
          this.throttleCheckTimeoutId = null
          this.checkPendingRequests()
        },
        Math.max(this.throttledUntil - Date.now(), 1),
      )
    },
  })
}

/**
 * Whether a rejection that nobody handles comes from inside kafkajs: its crash handler is not awaited, so that a failure of
 * its own clean-up reaches the process. Readers notice by their silence and begin anew.
 */
export const isKafkaClientError = (reason: unknown): boolean =>
  reason instanceof Error && reason.name.startsWith('KafkaJS')

export type { Kafka }
