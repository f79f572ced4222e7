import type { Visitor } from './visitor.ts'

/** What the pages and routes, which Next bundles, see of the console's own side, which it does not. */
export interface ConsoleProcess {
  /** Null where nobody is signed in with this cookie. */
  visitorOf(cookieHeader: string | null): Promise<Visitor | null>
}

/**
 * On globalThis, for Next gives instrumentation, routes and the proxy a copy each of every module. Only types may come
 * with this file: it is in the bundles.
 */
declare global {
  var holdfastConsole: ConsoleProcess | undefined
}

/** Null until it has started. */
export const consoleProcess = (): ConsoleProcess | null => globalThis.holdfastConsole ?? null

export const setConsoleProcess = (started: ConsoleProcess): void => {
  globalThis.holdfastConsole = started
}
