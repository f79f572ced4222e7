import { createHash } from 'node:crypto'
import type { Clock } from '@holdfast/runtime'
import type { LiveAuth, SignInAnswer } from '@holdfast/store/contracts'
import type { SignInCopies, SignInSession } from './sign-in-copies.ts'

export const IDLE_MS = 30 * 60_000
export const LIFE_MS = 12 * 60 * 60_000
/** Each wizard is asked after this often; what nobody confirmed for so long may look, and change nothing. */
export const CONFIRM_EVERY_MS = 60_000
export const UNCONFIRMED_MS = 15 * 60_000

const TOKEN_BYTES = 32
const SESSIONS_MAX = 1_000
const SESSIONS_OF_ONE_MAX = 20

export type Wizard = Extract<SignInAnswer, { kind: 'wizard' }>
/** `replaced`: its wizard signed in anew in the same browser, whose cookie is the new one's. */
export type EndReason = LiveAuth['reason'] | 'replaced'

export interface SignInSessionsOptions {
  clock: Clock
  randomBytes: (count: number) => Buffer
  copies: SignInCopies
  /** Asks the game whether this is a wizard still. Never rejects. */
  standing: (dbref: string) => Promise<SignInAnswer>
}

export interface SignInSessions {
  /** A new session and its token, for the cookie. */
  open(wizard: Wizard): { token: string; session: SignInSession }
  /** Null for a token that is none, or of a session that is over. `isUse` false: a program looks, and no person does. */
  find(token: string, isUse: boolean): Promise<SignInSession | null>
  end(hash: string, reason: EndReason): void
  /** Asks the game at once whether this is a wizard still, by the same password; not at all where nobody is signed in as it. */
  confirm(dbref: string): Promise<void>
  of(dbref: string): SignInSession[]
  /** When it ends at the latest, epoch ms. */
  expiryOf(session: SignInSession): number
  /** Nobody could say for long whether this is a wizard still. */
  isUnconfirmed(session: SignInSession): boolean
  onEnded(listener: (hash: string, reason: EndReason) => void): () => void
  readonly size: number
  close(): void
}

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * Who is signed in. This process's memory is the truth, for the console must work while Redis is down; copies are written
 * behind, and read only for a token that memory does not know (this process is younger than the session).
 */
export function createSignInSessions({ clock, randomBytes, copies, standing }: SignInSessionsOptions): SignInSessions {
  const sessions = new Map<string, SignInSession>()
  const listeners = new Set<(hash: string, reason: EndReason) => void>()
  const restoring = new Map<string, Promise<SignInSession | null>>()

  const end = (hash: string, reason: EndReason): void => {
    if (!sessions.delete(hash)) return
    copies.forget(hash)
    for (const listener of listeners) listener(hash, reason)
  }

  const of = (dbref: string): SignInSession[] => [...sessions.values()].filter((session) => session.dbref === dbref)

  const keep = (session: SignInSession): void => {
    sessions.set(session.hash, session)
    for (const { hash } of quietestBeyond(of(session.dbref), SESSIONS_OF_ONE_MAX)) end(hash, 'expired')
    for (const { hash } of quietestBeyond([...sessions.values()], SESSIONS_MAX)) end(hash, 'expired')
  }

  const confirm = async (dbref: string): Promise<void> => {
    if (of(dbref).length === 0) return
    const answer = await standing(dbref)
    if (answer.kind === 'unavailable') return
    for (const session of of(dbref)) {
      if (answer.kind === 'refused' || answer.credentialEpoch !== session.credentialEpoch) end(session.hash, 'revoked')
      else Object.assign(session, { name: answer.name, confirmedAt: clock.now() })
    }
  }

  const restore = async (hash: string): Promise<SignInSession | null> => {
    const session = await copies.read(hash)
    if (session === null || isOver(session, clock.now())) return null
    keep(session)
    if (clock.now() - session.confirmedAt > CONFIRM_EVERY_MS) await confirm(session.dbref)
    return sessions.get(hash) ?? null
  }

  const restoreOnce = (hash: string): Promise<SignInSession | null> => {
    const underWay = restoring.get(hash) ?? restore(hash).finally(() => restoring.delete(hash))
    restoring.set(hash, underWay)
    return underWay
  }

  const sweep = async (): Promise<void> => {
    for (const session of sessions.values()) if (isOver(session, clock.now())) end(session.hash, 'expired')
    copies.retry()
    const wizards = new Set([...sessions.values()].map(({ dbref }) => dbref))
    await Promise.all([...wizards].map(confirm))
  }
  let isSweeping = false
  const timer = clock.setInterval(() => {
    if (isSweeping) return
    isSweeping = true
    void sweep().finally(() => {
      isSweeping = false
    })
  }, CONFIRM_EVERY_MS)

  return {
    open({ dbref, name, credentialEpoch }) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const now = clock.now()
      const session = { hash: hashOf(token), dbref, name, credentialEpoch, since: now, seenAt: now, confirmedAt: now }
      keep(session)
      copies.write(session)
      return { token, session }
    },
    async find(token, isUse) {
      const hash = hashOf(token)
      const session = sessions.get(hash) ?? (copies.isForgotten(hash) ? null : await restoreOnce(hash))
      if (session === null) return null
      if (isOver(session, clock.now())) {
        end(hash, 'expired')
        return null
      }
      if (isUse) {
        session.seenAt = clock.now()
        copies.write(session)
      }
      return session
    },
    end,
    confirm,
    of,
    expiryOf: ({ since }) => since + LIFE_MS,
    isUnconfirmed: ({ confirmedAt }) => clock.now() - confirmedAt > UNCONFIRMED_MS,
    onEnded(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    get size() {
      return sessions.size
    },
    close: () => timer.cancel(),
  }
}

const isOver = ({ since, seenAt }: SignInSession, now: number): boolean =>
  now - seenAt > IDLE_MS || now - since > LIFE_MS

function quietestBeyond(sessions: readonly SignInSession[], max: number): SignInSession[] {
  if (sessions.length <= max) return []
  return [...sessions].sort((one, other) => one.seenAt - other.seenAt).slice(0, sessions.length - max)
}
