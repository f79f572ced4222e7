import type { LiveTick } from '@holdfast/store/contracts'
import type { Route } from './asked.ts'
import type { PageFacts, Visitor } from './visitor.ts'

/** The console's API, one name a route. */
export type RouteName =
  | 'signIn'
  | 'signOut'
  | 'ownSession'
  | 'ownSessions'
  | 'endOwnSession'
  | 'sessions'
  | 'sids'
  | 'session'
  | 'divergence'
  | 'trend'
  | 'queues'
  | 'events'
  | 'health'
  | 'audit'
  | 'submitCommand'
  | 'command'
  | 'stopCommand'
  | 'pulse'
  | 'live'
  | 'notAllowed'
  | 'notFound'
  | 'healthz'
  | 'readyz'
  | 'metrics'

/** What the pages and routes, which Next bundles, see of the console's own side, which it does not. */
export interface ConsoleProcess {
  readonly routes: Readonly<Record<RouteName, Route>>
  /** Null where nobody is signed in with this request's cookie. */
  visitorOf(headers: Headers): Promise<Visitor | null>
  pageFactsFor(headers: Headers): PageFacts
  /** How everything stands, as the stream would say it now; null until it can be said. */
  tick(): LiveTick | null
}

declare global {
  /** Next gives instrumentation, routes and the proxy a copy each of every module; this they share. */
  var holdfastConsole: ConsoleProcess | undefined
}

/** Null until it has started. Only types may come with this file: it is in the bundles. */
export const consoleProcess = (): ConsoleProcess | null => globalThis.holdfastConsole ?? null

export const setConsoleProcess = (started: ConsoleProcess): void => {
  globalThis.holdfastConsole = started
}
