import type { ConsoleSession, SignedInPlaces } from '@holdfast/store/contracts'
import { refuse } from '../asked.ts'
import { noCookie } from '../cookie.ts'
import type { CalledHandler } from '../guard.ts'
import { json } from '../problem.ts'
import { isOfType } from '../read-body.ts'
import type { SignInSession } from '../sign-in-copies.ts'
import type { SignInSessions } from '../sign-in-sessions.ts'

const iso = (epochMs: number): string => new Date(epochMs).toISOString()

/** Names a session to its owner. Of the cookie's token it tells nothing. */
const idOf = ({ hash }: SignInSession): string => hash.slice(0, 16)

/** What a wizard sees of, and does with, the own sign-ins. */
export function ownSessionHandlers(sessions: SignInSessions) {
  const signOut: CalledHandler = ({ session, arrival, request }) => {
    sessions.end(session.hash, 'signed-out')
    const headers = new Headers({ 'cache-control': 'no-store', 'set-cookie': noCookie(arrival) })
    const isForm = isOfType(request, 'application/x-www-form-urlencoded')
    if (isForm) headers.set('location', '/login')
    return new Response(null, { status: isForm ? 303 : 204, headers })
  }

  const show: CalledHandler = ({ session, readOnly }) => {
    const { name, dbref } = session
    const body: ConsoleSession = { name, dbref, role: 'wizard', expiresAt: iso(sessions.expiryOf(session)), readOnly }
    return json(body)
  }

  const list: CalledHandler = ({ session }) => {
    const items = sessions.of(session.dbref).map((each) => ({
      id: idOf(each),
      since: iso(each.since),
      seenAt: iso(each.seenAt),
      expiresAt: iso(sessions.expiryOf(each)),
      isThis: each.hash === session.hash,
    }))
    const body: SignedInPlaces = { items: items.sort((one, other) => (one.seenAt < other.seenAt ? 1 : -1)) }
    return json(body)
  }

  const end: CalledHandler = (called) => {
    const found = sessions.of(called.session.dbref).find((each) => idOf(each) === called.params.id)
    if (found === undefined) return refuse(called, 'not-found')
    sessions.end(found.hash, 'signed-out')
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })
  }

  return { signOut, show, list, end }
}
