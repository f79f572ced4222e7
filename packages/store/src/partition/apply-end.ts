import type { CloseReason, SessionEvent, SessionEventOf, SessionRecord, Sid } from '../contracts/index.ts'
import type { Effect } from './game.ts'
import type { LineDesk } from './line-desk.ts'
import type { Turn } from './turn.ts'

/** How a session ends: others are told, it is removed, and a tombstone is kept, so that no late message revives it. */
export function createEndDesk(desk: LineDesk) {
  const { owned, game, replica, outbox, isCurrent, contextOf, askGame } = desk

  /** What others are told when a session ends; its own question would never be answered. */
  const lastEffects = async (
    session: SessionRecord,
    reason: CloseReason,
    event: SessionEvent,
  ): Promise<readonly Effect[]> => {
    const effects = await askGame(() => game.closed(session, reason, contextOf(event, `c:${event.id}`)))
    return (effects ?? []).filter(({ kind }) => kind !== 'ask')
  }

  const end = (
    { sid, connectionEpoch, handle, gateway, playerName, status }: SessionRecord,
    reason: CloseReason,
    effects: readonly Effect[],
    event: SessionEvent,
    turn: Turn,
  ): void => {
    turn.apply(sid, effects, null)
    turn.show('connection.closed', sid, { reason, handle, gateway, player: playerName })
    owned.sessions.remove(sid)
    // Its gateway closes it, and takes its own copy back, when it is told; where it has said so itself, it has.
    const isHeld = status === 'connected' && event.type !== 'connection.closed'
    bury(sid, connectionEpoch, { at: event.at, reason, isHeld })
  }

  const applyClosed = async (
    session: SessionRecord,
    event: SessionEventOf<'connection.closed'>,
    turn: Turn,
  ): Promise<void> => {
    const effects = await lastEffects(session, event.reason, event)
    if (isCurrent()) end(session, event.reason, effects, event, turn)
  }

  const bury = (
    sid: Sid,
    connectionEpoch: number,
    { at, reason, isHeld = false }: { at: number; reason: CloseReason; isHeld?: boolean },
  ): void => {
    owned.dead.set(sid, at)
    owned.dirty.markEnded(sid, { connectionEpoch, reason, at })
    replica.endOwn(sid, owned.epoch, at)
    outbox.publishEnded({ v: 1, kind: 'ended', epoch: owned.epoch, at, sid, reason }, isHeld)
  }

  return { lastEffects, end, applyClosed, bury }
}

export type EndDesk = ReturnType<typeof createEndDesk>
