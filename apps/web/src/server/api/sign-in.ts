import { type SignedIn, type SignInRequest, signInRequestSchema } from '@holdfast/store/contracts'
import { type Asked, type Handler, refuse } from '../asked.ts'
import type { AttemptLimit } from '../attempt-limit.ts'
import { cookieOf, tokenIn } from '../cookie.ts'
import type { ConsolePort } from '../ports.ts'
import { json } from '../problem.ts'
import { isOfType, readBody, readJson } from '../read-body.ts'
import { hashOf, type SignInSessions, type Wizard } from '../sign-in-sessions.ts'
import { signInPathFrom, wayBackOf } from '../way-back.ts'

const BODY_BYTES_MAX = 8_192
/** One text for every reason, so that nobody learns which names are characters' or wizards'. */
const REFUSED = 'That name and password do not open the console.'
const NOBODY_ANSWERS = 'No game server answers. Nobody can be signed in now.'

export interface SignInParts {
  console: () => ConsolePort | null
  sessions: SignInSessions
  /** Of failures. */
  limits: { perName: AttemptLimit; perPeer: AttemptLimit }
}

type Outcome =
  | { kind: 'signed-in'; wizard: Wizard }
  | { kind: 'refused' | 'unavailable' | 'malformed' }
  | { kind: 'limited'; waitMs: number }

/** `POST /api/auth/sign-in`: JSON, or the form of a page without JavaScript, which is answered by a redirection. */
export function signInHandler(parts: SignInParts): Handler {
  return async (asked) => {
    const form = isOfType(asked.request, 'application/x-www-form-urlencoded') ? await formIn(asked.request) : null
    const given = signInRequestSchema.safeParse(form ?? (await readJson(asked.request, BODY_BYTES_MAX))).data
    const outcome: Outcome = given === undefined ? { kind: 'malformed' } : await attempt(given, asked, parts)
    return form === null ? jsonAnswer(outcome, asked, parts) : formAnswer(outcome, form.next, asked, parts)
  }
}

const formIn = async (request: Request): Promise<Readonly<Record<string, string | undefined>>> =>
  Object.fromEntries(new URLSearchParams((await readBody(request, BODY_BYTES_MAX)) ?? ''))

async function attempt({ name, password }: SignInRequest, { arrival }: Asked, parts: SignInParts): Promise<Outcome> {
  const { console, limits } = parts
  const key = name.trim().toLowerCase()
  // Begun before the question is asked: guesses side by side count too.
  const ofPeer = limits.perPeer.begin(arrival.peer)
  if (!ofPeer.ok) return { kind: 'limited', waitMs: ofPeer.waitMs }
  const ofName = limits.perName.begin(key)
  if (!ofName.ok) {
    ofPeer.over()
    return { kind: 'limited', waitMs: ofName.waitMs }
  }
  const answer = (await console()?.signIns.signIn(name, password)) ?? { kind: 'unavailable' }
  for (const each of [ofPeer, ofName]) {
    if (answer.kind === 'refused') each.counts()
    else each.over()
  }
  if (answer.kind !== 'wizard') return answer
  limits.perName.clear(key)
  return { kind: 'signed-in', wizard: answer }
}

/**
 * A new session and its cookie; the one that this browser had before is over. Where it was the same wizard's, its other tabs
 * have the new cookie too: they go on, and are not told that somebody signed out.
 */
function begin(wizard: Wizard, { request, arrival }: Asked, { sessions }: SignInParts) {
  const before = tokenIn(request.headers.get('cookie'), arrival)
  const isSame = sessions.of(wizard.dbref).some(({ hash }) => before !== null && hash === hashOf(before))
  const { token, session } = sessions.open(wizard)
  if (before !== null) sessions.end(hashOf(before), isSame ? 'replaced' : 'signed-out')
  const expiresAt = new Date(sessions.expiryOf(session)).toISOString()
  const body: SignedIn = { name: wizard.name, dbref: wizard.dbref, role: 'wizard', expiresAt }
  return { body, cookie: cookieOf(token, arrival) }
}

const secondsOf = (waitMs: number): number => Math.max(1, Math.ceil(waitMs / 1_000))

function jsonAnswer(outcome: Outcome, asked: Asked, parts: SignInParts): Response {
  switch (outcome.kind) {
    case 'signed-in': {
      const { body, cookie } = begin(outcome.wizard, asked, parts)
      return json(body, 200, { 'set-cookie': cookie })
    }
    case 'refused':
      return refuse(asked, 'signed-out', { detail: REFUSED })
    case 'unavailable':
      return refuse(asked, 'unavailable', { part: 'server', detail: NOBODY_ANSWERS })
    case 'limited': {
      const retryAfterS = secondsOf(outcome.waitMs)
      return refuse(asked, 'limited', { retryAfterS, detail: `Too many failures. Try again in ${retryAfterS} s.` })
    }
    case 'malformed':
      return refuse(asked, 'malformed', { detail: 'Send name and password.' })
  }
}

/** To where its wizard was going, `next`; where it failed to the form again, which keeps that. */
function formAnswer(outcome: Outcome, next: string | undefined, asked: Asked, parts: SignInParts): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  if (outcome.kind === 'signed-in') {
    headers.set('set-cookie', begin(outcome.wizard, asked, parts).cookie)
    headers.set('location', wayBackOf(next))
  } else {
    const path = signInPathFrom(next)
    const after = outcome.kind === 'limited' ? `&after=${secondsOf(outcome.waitMs)}` : ''
    headers.set('location', `${path}${path.includes('?') ? '&' : '?'}error=${outcome.kind}${after}`)
  }
  return new Response(null, { status: 303, headers })
}
