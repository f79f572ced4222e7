import { randomBytes, randomUUID } from 'node:crypto'
import {
  collectChecks,
  createHealth,
  createMetrics,
  type Lifecycle,
  type Logger,
  type Metrics,
  messageOf,
  systemClock,
} from '@holdfast/runtime'
import { createSeal, openSignInMirror } from '@holdfast/store'
import type { WebConfig } from '../config.ts'
import { createAnswering } from './answering.ts'
import { arrivalIn, hostnameOf } from './arrival.ts'
import type { ConsoleProcess } from './console-process.ts'
import { createGuard } from './guard.ts'
import { createLimits } from './limits.ts'
import { tickOf } from './live/tick-of.ts'
import { type ReadModel, startReadModel } from './read-model.ts'
import { createRoutes } from './routes.ts'
import { settleRequests } from './settle-requests.ts'
import { createSignInCopies } from './sign-in-copies.ts'
import { createSignInSessions, IDLE_MS, LIFE_MS, type SignInSessions } from './sign-in-sessions.ts'

export interface Parts {
  config: WebConfig
  lifecycle: Lifecycle
  logger: Logger
  metrics: Metrics
  incarnation: string
}

/** The console's own side, part by part. It answers from the start; what the read model knows comes when it has been opened. */
export async function startWeb(config: WebConfig, lifecycle: Lifecycle, logger: Logger): Promise<ConsoleProcess> {
  const incarnation = `web-${randomBytes(6).toString('hex')}`
  const metrics = createMetrics({ defaultLabels: { process: incarnation } })
  const parts: Parts = { config, lifecycle, logger, metrics, incarnation }

  await lifecycle.acquire(
    'headers of requests',
    () => settleRequests(config.trustedProxies),
    (end) => end(),
  )
  const health = await lifecycle.acquire(
    'health',
    () => createHealth({ clock: systemClock }),
    (part) => part.close(),
  )
  const held: { sessions: SignInSessions | null } = { sessions: null }
  const model = startReadModel(parts, ({ detail }) => {
    if (detail.change === 'password' && typeof detail.player === 'string') void held.sessions?.confirm(detail.player)
  })
  health.check('kafka', () => {
    const isReady = model.console?.status().isReady === true
    return isReady ? { ok: true } : { ok: false, detail: 'what processes publish has not been read yet: is Kafka up?' }
  })
  collectChecks(metrics, health)
  const sessions = await holdSignIns(parts, model)
  held.sessions = sessions
  const guard = createGuard({ sessions, isReadOnly: config.isReadOnly })
  const answering = await lifecycle.acquire(
    'requests under way',
    () => createAnswering({ logger, metrics, newId: randomUUID }),
    (part) => part.idle(),
    { deadlineMs: LAST_REQUESTS_MS },
  )
  const routes = createRoutes({
    clock: systemClock,
    answering,
    guard,
    sessions,
    limits: createLimits(systemClock),
    health,
    metrics,
    console: () => model.console,
    live: () => model.live,
  })
  return {
    routes,
    visitorOf: guard.visitorOf,
    tick: () => (model.console && model.live ? tickOf(model.console, systemClock.now()) : null),
    pageFactsFor(headers) {
      const { host, isHttps } = arrivalIn(headers)
      const derived = `${isHttps ? 'wss' : 'ws'}://${hostnameOf(host)}:${config.gatewayHttpPort}/ws`
      return { isDevelopment: config.isDevelopment, wsUrl: config.publicWsUrl ?? derived }
    },
  }
}

const LAST_REQUESTS_MS = 500

async function holdSignIns(parts: Parts, model: ReadModel): Promise<SignInSessions> {
  const { config, lifecycle, logger, metrics } = parts
  const failures = metrics.counter('console_mirror_failures_total', 'Sign-ins that Redis did not take or give.')
  metrics.gauge('console_signed_in', 'Wizards’ sign-ins that are open.', [], (gauge) => gauge.set(sessions.size))
  const mirror = await lifecycle.acquire(
    'mirror of sign-ins',
    () =>
      openSignInMirror({
        redisUrl: config.redisUrl,
        seal: createSeal(config.secret),
        onError: (error) => logger.warn({ problem: messageOf(error) }, 'Redis, for sign-ins'),
      }),
    (part) => part.close(),
  )
  const copies = createSignInCopies({
    clock: systemClock,
    mirror,
    idleMs: IDLE_MS,
    lifeMs: LIFE_MS,
    onFailed: () => failures.inc(),
  })
  const standing: Parameters<typeof createSignInSessions>[0]['standing'] = async (dbref) =>
    (await model.console?.signIns.standing(dbref)) ?? { kind: 'unavailable' }
  const sessions = await lifecycle.acquire(
    'sign-ins',
    () => createSignInSessions({ clock: systemClock, randomBytes, copies, standing }),
    (part) => part.close(),
  )
  sessions.onEnded((hash, reason) => model.live?.signedOut(hash, reason))
  return sessions
}
