import type { Clock, Health, Metrics } from '@holdfast/runtime'
import type { Answering } from './answering.ts'
import { liveHandler } from './api/live.ts'
import { notAllowed, notFound } from './api/no-route.ts'
import { ownSessionHandlers } from './api/own-session.ts'
import { probeHandlers } from './api/probes.ts'
import { readHandlers } from './api/reads.ts'
import { signInHandler } from './api/sign-in.ts'
import { stopCommandHandler } from './api/stop-command.ts'
import { submitCommandHandler } from './api/submit-command.ts'
import type { Route } from './asked.ts'
import type { RouteName } from './console-process.ts'
import type { Guard } from './guard.ts'
import type { Limits } from './limits.ts'
import type { LiveHub } from './live/live-hub.ts'
import type { ConsolePort } from './ports.ts'
import type { SignInSessions } from './sign-in-sessions.ts'

export interface RoutesParts {
  clock: Pick<Clock, 'now'>
  answering: Answering
  guard: Guard
  sessions: SignInSessions
  limits: Limits
  health: Health
  metrics: Metrics
  /** Null while it is being opened. */
  console: () => ConsolePort | null
  live: () => LiveHub | null
}

/** Every route with what it is behind: this list is who may do what. */
export function createRoutes(parts: RoutesParts): Record<RouteName, Route> {
  const { answering, guard, sessions, limits, console, clock } = parts
  const own = ownSessionHandlers(sessions)
  const reads = readHandlers(console, clock)
  const probes = probeHandlers(parts)
  const to = answering.route
  return {
    signIn: to('signIn', guard.signsIn(signInHandler({ console, sessions, limits: limits.signIn }))),
    signOut: to('signOut', guard.changes(own.signOut, { always: true })),
    ownSession: to('ownSession', guard.reads(own.show)),
    ownSessions: to('ownSessions', guard.reads(own.list)),
    endOwnSession: to('endOwnSession', guard.changes(own.end, { always: true })),
    sessions: to('sessions', guard.reads(reads.sessions)),
    sids: to('sids', guard.reads(reads.sids)),
    session: to('session', guard.reads(reads.session)),
    divergence: to('divergence', guard.reads(reads.divergence)),
    trend: to('trend', guard.reads(reads.trend)),
    queues: to('queues', guard.reads(reads.queues)),
    events: to('events', guard.reads(reads.events)),
    health: to('health', guard.reads(reads.health)),
    audit: to('audit', guard.reads(reads.audit)),
    submitCommand: to('submitCommand', guard.changes(submitCommandHandler(console, limits.commands))),
    command: to('command', guard.reads(reads.command)),
    stopCommand: to('stopCommand', guard.changes(stopCommandHandler(console))),
    pulse: to('pulse', guard.reads(reads.pulse)),
    live: to('live', guard.reads(liveHandler(parts.live))),
    notAllowed: to('notAllowed', notAllowed),
    notFound: to('notFound', notFound),
    healthz: to('healthz', probes.healthz),
    readyz: to('readyz', probes.readyz),
    metrics: to('metrics', probes.metrics),
  }
}
