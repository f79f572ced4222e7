import type { Effect, GameContext } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { hearsRoom } from './admitted.ts'
import { disconnect } from './session-service.ts'

/**
 * What a session that has lost its socket waits for. A player who comes back does so as a new session, which ends this one
 * (binding.ts). One who had come back already, or who plays on at another gateway, leaves it nothing to wait for; nor does
 * anybody come back to a session that was nobody's. (Whoever holds a token may resume the session itself, whoever it is.)
 *
 * Who is bound and will be let in counts as back: of what its owner does next, its welcome, this server may learn too late.
 */
export function giveWay(session: SessionRecord, { sessions }: GameContext): readonly Effect[] {
  if (session.tokenHash !== null) return []
  if (session.player === null) return [disconnect(session.sid, 'lost', null)]
  // Those of the same gateway are lost with it.
  const playsOn = (other: SessionRecord): boolean =>
    other.status === 'connected' && other.gateway !== session.gateway && hearsRoom(other)
  return sessions.ofPlayer(session.player).some(playsOn) ? [disconnect(session.sid, 'replaced', null)] : []
}
