import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { OperationalError, once } from './errors.ts'
import type { Health } from './health.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

export type HealthServerOptions = { host: string; port: number; health: Health; metrics: Metrics; logger: Logger }

export interface HealthServer {
  /** The port it listens on; the one the system chose when 0 was asked for. */
  readonly port: number
  /** For those who share the port, such as a WebSocket listener on `upgrade`. */
  readonly server: Server
  /** No new connections; those open are closed. Calling it again gives the same promise. */
  close(): Promise<void>
}

/** A probe that sends slowly must not hold a socket, nor who asks for a WebSocket and never finishes. */
const REQUEST_TIMEOUT_MS = 10_000
/** How often that is looked at; Node's own 30 s would make 40 s of the 10. */
const REQUEST_LOOK_MS = 2_000

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  send(response, status, 'application/json', JSON.stringify(body))

const sendProblem = (response: ServerResponse, status: number, title: string): void =>
  send(response, status, 'application/problem+json', JSON.stringify({ type: 'about:blank', title, status }))

async function answer(
  { health, metrics }: Pick<HealthServerOptions, 'health' | 'metrics'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0]
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendProblem(response, 405, 'Method Not Allowed')
  if (path === '/healthz') {
    const liveness = health.liveness()
    return sendJson(response, liveness.ok ? 200 : 503, liveness)
  }
  if (path === '/readyz') {
    const readiness = health.readiness()
    return sendJson(response, readiness.status === 'ready' ? 200 : 503, readiness)
  }
  if (path === '/metrics') return send(response, 200, metrics.contentType, await metrics.text())
  return sendProblem(response, 404, 'Not Found')
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      const message = inUse
        ? `port ${port} on ${host} is in use: stop what listens there or choose another port`
        : `cannot listen on port ${port} of ${host}: ${error.message}`
      reject(new OperationalError(message, { code: inUse ? 'port-in-use' : 'cannot-listen', cause: error }))
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : port)
    })
  })
}

/** The checks of `/readyz` as a metric, so that an alert can name what is away. */
export function collectChecks(metrics: Metrics, health: Health): void {
  metrics.gauge('check_ok', '1 for each readiness check that is ok', ['check'], (gauge) => {
    gauge.reset()
    for (const [check, { ok }] of Object.entries(health.readiness().checks)) gauge.set({ check }, Number(ok))
  })
}

/**
 * Serves `/healthz`, `/readyz` and `/metrics`. Resolves when it listens. Rejects with an `OperationalError`:
 * `port-in-use`, or `cannot-listen`.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { host, logger } = options
  collectChecks(options.metrics, options.health)
  const timing = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: REQUEST_LOOK_MS,
  }
  // Some clients offer h2c with each request: they are to be answered, not handed to whoever waits for WebSockets.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean =>
    headers.upgrade?.toLowerCase() === 'websocket' && server.listenerCount('upgrade') > 0
  const server = createServer({ ...timing, shouldUpgradeCallback }, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      logger.error({ err: error }, 'a health request failed')
      if (!response.headersSent) sendProblem(response, 500, 'Internal Server Error')
    })
  })
  const port = await listen(server, host, options.port)
  const close = once(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { port, server, close }
}
