import type { Effect, GameContext, SessionsView } from '@holdfast/store'
import type { CloseReason, OutputPart, SessionRecord, Sid } from '@holdfast/store/contracts'
import { hearsRoom, isAdmitted } from '../sessions/admitted.ts'
import { type Dbref, parseDbref } from '../world/world.ts'

/**
 * Who hears what. An output is made even where nobody listens: its identity is its place among the effects of its cause,
 * so a replay that finds a room emptied must count the same.
 */

/** Whole lines, as a client is sent them; `words` come without the last line's end. */
export const lines = (words: string): OutputPart => ({ kind: 'text', text: `${words}\n` })

/** What one session reads. */
export const tell = (session: SessionRecord, words: string): Effect => show([session], [lines(words)])

export const tellAll = (sessions: Iterable<SessionRecord>, words: string): Effect => show(sessions, [lines(words)])

export function show(sessions: Iterable<SessionRecord>, parts: readonly OutputPart[]): Effect {
  const to: Sid[] = []
  for (const session of sessions) to.push(session.sid)
  return { kind: 'output', to, parts }
}

/** The words that a player reads, and then the end of its connection. */
export function sayGoodbye(session: SessionRecord, reason: CloseReason, text: string | null): Effect {
  const words = text === null ? [] : [lines(text)]
  return show([session], [...words, { kind: 'close', reason }])
}

/** A player at play: what a logged-in session says of who acts. */
export interface Actor {
  readonly dbref: Dbref
  /** The same as text, as sessions hold it. */
  readonly player: string
  readonly name: string
  readonly room: string
  readonly wizard: boolean
}

/** Throws where the session is not logged in: commands of the game are not run for such. */
export function actorOf(session: SessionRecord): Actor {
  const { player, playerName, room, wizard } = session
  const dbref = player === null ? null : parseDbref(player)
  if (player === null || playerName === null || room === null || dbref === null) {
    throw new Error('a session that is not logged in does not act')
  }
  return { dbref, player, name: playerName, room, wizard }
}

/** The other sessions of the same player that play. */
export function ownOthers({ sid, player }: SessionRecord, sessions: SessionsView): readonly SessionRecord[] {
  if (player === null) return []
  return sessions.ofPlayer(player).filter((other) => other.sid !== sid && isAdmitted(other))
}

/**
 * Whether the player is still in the game when this session leaves. For one that has its socket, a detached one that nobody
 * can resume does not count: it was told to give way to this one (give-way.ts, binding.ts), and goes without a word.
 */
export function playsOn(session: SessionRecord, sessions: SessionsView): boolean {
  const givesWay = ({ status, tokenHash }: SessionRecord): boolean =>
    session.status === 'connected' && status === 'detached' && tokenHash === null
  return ownOthers(session, sessions).some((other) => !givesWay(other))
}

/** Where a player reads what it does itself: at this session first. */
export function sessionsOf(session: SessionRecord, sessions: SessionsView): readonly SessionRecord[] {
  return [session, ...ownOthers(session, sessions)]
}

/** The sessions of everybody who is in a room. */
export function presentIn(room: string, sessions: SessionsView): readonly SessionRecord[] {
  return sessions.inRoom(room).filter(isAdmitted)
}

/** Who hears what is said in a room, but for one player. */
export function othersIn(room: string, player: string, { sessions }: GameContext): readonly SessionRecord[] {
  return sessions.inRoom(room).filter((other) => other.player !== player && hearsRoom(other))
}
