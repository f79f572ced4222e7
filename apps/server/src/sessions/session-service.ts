import type { Effect, SessionsView } from '@holdfast/store'
import type { CloseReason, SessionRecord, Sid } from '@holdfast/store/contracts'

/**
 * The session service: Register, Bind, Unbind, Update, Disconnect, Get, GetAll, Reconcile.
 *
 * ## Who is right (authority)
 * Each field of a session has one side that is right about it. The gateway: what belongs to the connection (status, address,
 * transport, client, window, connectionEpoch, when it began and why it ended). The server that owns the session's
 * partition: what belongs to the game (player, loginState, boundBy, wizard, hidden, room, lastConnectionSignal,
 * commandCount, inputSequence, metadata). Neither writes the other's fields; an owner that finds a record lost writes it
 * again whole. Owners are fenced by the partition's epoch: what an older owner still writes is refused by Redis and
 * dropped by gateways. Where copies disagree, the field's side wins; Redis wins only when a partition changes hands, for
 * then its last owner's memory is gone, and the log since the stored offset is applied over it again.
 *
 * ## What a reader may see (consistency)
 * - **Get, GetAll** read memory and never wait. Sessions of partitions that this server owns are as they are now; those of
 *   others as last published: binding, room and slot at once, activity at most a second late.
 * - **Written through**: the binding of a login (player, login state, room). It is in Redis before its player is told, or
 *   the player is told that it is not yet (HOLDFAST_LOGIN_WITHOUT_REDIS `allow`), or is not let in (`deny`). Until then
 *   the session is seen by nobody, and hears its room only where it will not be refused (admitted.ts).
 * - **Written behind**: all else, an unbinding included, within 250 ms while Redis answers. It waits in memory as dirty
 *   fields, whose present values are written; with the position in the log, in one step. A crash before that step loses
 *   nothing: the records since the stored position are applied again, and their outputs, which share their cause, are
 *   shown once. So an unbinding must *not* be written through: alone in Redis it would be ahead of the log, and the lines
 *   before it would be applied again as those of nobody.
 * - **Order**: a session's changes happen in the order of its partition's log. Whatever changes a session from elsewhere
 *   (Disconnect, a move by another session) is therefore a command for its partition, never a write.
 *
 * ## The operations
 * Bind, Unbind, Update and Disconnect are pure: they give effects, and the state layer applies all effects of a record in
 * one synchronous step with the session's number. The other two are the state layer's own:
 * - **Register**: the gateway's script creates the record, or, with Redis away, the owner does when the Established event
 *   comes; an event that comes again or late never touches a field of the server's, and never revives a session that
 *   ended.
 * - **Reconcile**: runs when a partition is taken over (load, then replay from the stored offset to the end seen at that
 *   moment) and whenever a flush finds the store rolled back or wiped (everything is written again from memory). An event
 *   before, during or after the snapshot ends in the same state.
 */

/** Who a session becomes, and by which input. */
export interface Binding {
  readonly player: string
  readonly playerName: string
  readonly wizard: boolean
  readonly hidden: boolean
  readonly room: string
  /** The number of the line that logs in: replayed up to it, lines are those of somebody not logged in. */
  readonly inputSequence: number
}

/** The session is the player from now on. Stored only once `tools.storeBinding()` has said so. */
export function bind({ inputSequence, ...binding }: Binding): Effect {
  return { kind: 'set', fields: { ...binding, loginState: 'loggedIn', boundBy: inputSequence } }
}

/** The session is nobody's again; its connection stays. */
export function unbind(): Effect {
  const nobody = { player: null, playerName: null, wizard: false, hidden: false, room: null, boundBy: null } as const
  return { kind: 'set', fields: { ...nobody, loginState: 'connected' } }
}

/** Custom metadata of this session; null clears a key. */
export const update = (meta: Readonly<Record<string, string | null>>): Effect => ({ kind: 'set', fields: { meta } })

/** Ends a session, whoever owns it; `text` is what its player reads first. Done by its partition, in order. */
export function disconnect(sid: Sid, reason: CloseReason, text: string | null): Effect {
  return { kind: 'command', to: sid, command: { kind: 'close', reason, text } }
}

/** Tells another session of a player that the player is elsewhere now. */
export function moved(sid: Sid, room: string): Effect {
  return { kind: 'command', to: sid, command: { kind: 'moved', room } }
}

/** A session of any server, from memory; undefined where none is known. */
export const get = (sessions: SessionsView, sid: Sid): SessionRecord | undefined => sessions.get(sid)

/** All sessions of all servers that match, from memory. */
export function getAll(
  sessions: SessionsView,
  matches: (session: SessionRecord) => boolean = () => true,
): readonly SessionRecord[] {
  return sessions.all().filter(matches)
}
