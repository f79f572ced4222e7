import type { ConsoleSession } from '@holdfast/store/contracts'
import { arrivalIn, isPrivate } from './arrival.ts'
import { type Asked, type Handler, refuse } from './asked.ts'
import { tokenIn } from './cookie.ts'
import { originOf } from './same-origin.ts'
import type { SignInSession } from './sign-in-copies.ts'
import type { SignInSessions } from './sign-in-sessions.ts'

/** A request of somebody who is signed in. */
export interface Called extends Asked {
  session: SignInSession
  readOnly: ConsoleSession['readOnly']
}

export type CalledHandler = (called: Called) => Response | Promise<Response>

/** Sent with what a page asks by itself: it keeps nobody signed in who is away. */
export const BACKGROUND_HEADER = 'x-holdfast-background'

const INSECURE = 'The console opens over HTTPS, or over plain HTTP on the machine it runs on.'
const READ_ONLY: Readonly<Record<NonNullable<ConsoleSession['readOnly']>, string>> = {
  configured: 'This console is read-only: HOLDFAST_CONSOLE_READONLY is on.',
  unconfirmed: 'For 15 minutes no game server could say whether you are still a wizard. Nothing can be changed.',
}

export interface Guard {
  /** For a wizard who is signed in. */
  reads(handler: CalledHandler): Handler
  /** The same for what has an effect: also from a page of this console, and not while it is read-only, unless `always`. */
  changes(handler: CalledHandler, options?: { always?: boolean }): Handler
  /** For a stranger, from a page of this console. */
  signsIn(handler: Handler): Handler
  /** Who asks for a page; null for nobody who is signed in. A page that is fetched ahead is no use of the session. */
  visitorOf(headers: Headers): Promise<ConsoleSession | null>
}

/** Every handler goes through here; pages and the proxy are no place to check who asks. */
export function createGuard({ sessions, isReadOnly }: { sessions: SignInSessions; isReadOnly: boolean }): Guard {
  const readOnlyOf = (session: SignInSession): ConsoleSession['readOnly'] => {
    if (isReadOnly) return 'configured'
    return sessions.isUnconfirmed(session) ? 'unconfirmed' : null
  }

  const sessionOf = (headers: Headers, isUse: boolean): Promise<SignInSession | null> => {
    const token = tokenIn(headers.get('cookie'), arrivalIn(headers))
    return token === null ? Promise.resolve(null) : sessions.find(token, isUse)
  }

  const called = async (asked: Asked): Promise<Called | Response> => {
    if (!isPrivate(asked.arrival)) return refuse(asked, 'insecure', { detail: INSECURE })
    const { headers } = asked.request
    const session = await sessionOf(headers, headers.get(BACKGROUND_HEADER) === null)
    return session === null ? refuse(asked, 'signed-out') : { ...asked, session, readOnly: readOnlyOf(session) }
  }

  return {
    reads: (handler) => async (asked) => {
      const caller = await called(asked)
      return caller instanceof Response ? caller : handler(caller)
    },
    changes:
      (handler, { always = false } = {}) =>
      async (asked) => {
        const origin = originOf(asked.request.headers, asked.arrival)
        if (origin === 'foreign') return refuse(asked, 'not-same-origin')
        const caller = await called(asked)
        if (caller instanceof Response) return caller
        if (origin !== 'same') return refuse(asked, 'not-same-origin')
        if (caller.readOnly !== null && !always)
          return refuse(asked, 'read-only', { detail: READ_ONLY[caller.readOnly] })
        return handler(caller)
      },
    signsIn: (handler) => (asked) => {
      if (originOf(asked.request.headers, asked.arrival) !== 'same') return refuse(asked, 'not-same-origin')
      if (!isPrivate(asked.arrival)) return refuse(asked, 'insecure', { detail: INSECURE })
      return handler(asked)
    },
    async visitorOf(headers) {
      const session = await sessionOf(headers, headers.get('next-router-prefetch') === null)
      if (session === null || !isPrivate(arrivalIn(headers))) return null
      const { name, dbref } = session
      const expiresAt = new Date(sessions.expiryOf(session)).toISOString()
      return { name, dbref, role: 'wizard', expiresAt, readOnly: readOnlyOf(session) }
    },
  }
}
