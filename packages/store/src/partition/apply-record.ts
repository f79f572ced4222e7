import {
  freshServerFields,
  type GatewayFields,
  isDetached,
  type SessionEvent,
  type SessionEventOf,
  type SessionRecord,
} from '../contracts/index.ts'

/** What one record does to what an owner knows of its session. */
export type Decision =
  | { kind: 'drop'; why: DropReason }
  /** A session of its own from now on, and greeted. */
  | { kind: 'establish'; record: SessionRecord }
  | { kind: 'merge'; fields: Partial<GatewayFields> }
  | { kind: 'end' }
  /** Unknown and ended: only the tombstone is kept, so that no late message revives it. */
  | { kind: 'bury' }
  /** `skipped`: how many numbers never came. */
  | { kind: 'input'; skipped: number }
  /** Kept until the session no longer waits. */
  | { kind: 'park'; skipped: number }
  | { kind: 'answer' }
  | { kind: 'command' }
  /** A wizard's command for this session, or for one that is not here (any more): both get a result. */
  | { kind: 'order' }

export type DropReason = 'dead' | 'unknown' | 'repeat' | 'older-connection' | 'older-revision' | 'not-awaited'

/**
 * The guards of the log, in one place and pure: whatever is delivered twice, late or out of its connection's time
 * changes nothing. `session` is undefined for an unknown one; `dead`: it has a tombstone.
 */
export function decide(session: SessionRecord | undefined, dead: boolean, event: SessionEvent): Decision {
  if (event.type === 'command' && event.command.kind === 'wizard') return decideOrder(session, event)
  if (dead) return drop('dead')
  switch (event.type) {
    case 'connection.established':
      return decideEstablished(session, event)
    case 'connection.resumed':
      if (!session) return drop('unknown')
      return event.connectionEpoch > session.connectionEpoch ? merge(event.fields) : drop('older-connection')
    case 'connection.changed':
      if (!session) return drop('unknown')
      if (event.connectionEpoch !== session.connectionEpoch || isDetached(session)) return drop('older-connection')
      if (event.gatewayRevision <= session.gatewayRevision) return drop('older-revision')
      return merge({ ...event.fields, gatewayRevision: event.gatewayRevision })
    case 'connection.detached':
      if (!session) return { kind: 'bury' }
      if (event.connectionEpoch < session.connectionEpoch) return drop('older-connection')
      if (event.connectionEpoch === session.connectionEpoch && event.gatewayRevision <= session.gatewayRevision) {
        return drop('older-revision')
      }
      return merge({
        status: 'detached',
        detachedUntil: event.detachedUntil,
        gatewayRevision: event.gatewayRevision,
        closeReason: event.reason,
      })
    case 'connection.closed':
      if (!session) return { kind: 'bury' }
      return event.connectionEpoch < session.connectionEpoch ? drop('older-connection') : { kind: 'end' }
    case 'input':
      return decideInput(session, event)
    case 'command':
      return decideCommand(session, event)
  }
}

const drop = (why: DropReason): Decision => ({ kind: 'drop', why })
const merge = (fields: Partial<GatewayFields>): Decision => ({ kind: 'merge', fields })

function decideEstablished(
  session: SessionRecord | undefined,
  { sid, fields }: SessionEventOf<'connection.established'>,
): Decision {
  if (!session) return { kind: 'establish', record: { sid, ...fields, ...freshServerFields() } }
  const { connectionEpoch, gatewayRevision } = session
  const isNewer =
    fields.connectionEpoch > connectionEpoch ||
    (fields.connectionEpoch === connectionEpoch && fields.gatewayRevision > gatewayRevision)
  // Revision 0: only its gateway has written the record yet; this is the owner's first sight of it.
  if (session.serverRevision === 0) {
    const gateway = isNewer ? fields : {}
    return { kind: 'establish', record: { ...session, ...gateway, ...freshServerFields() } }
  }
  // A gateway that was taken for dead speaks of a socket whose session was given up: only a new attachment counts.
  if (isDetached(session) && fields.connectionEpoch === connectionEpoch) return drop('older-connection')
  return isNewer ? merge(fields) : drop('repeat')
}

function decideInput(session: SessionRecord | undefined, event: SessionEventOf<'input'>): Decision {
  if (!session) return drop('unknown')
  if (event.connectionEpoch < session.connectionEpoch) return drop('older-connection')
  if (event.inputSequence <= session.inputSequence) return drop('repeat')
  const skipped = event.inputSequence - session.inputSequence - 1
  return session.waitingFor ? { kind: 'park', skipped } : { kind: 'input', skipped }
}

/** Never dropped but as a repeat: a wizard who is told nothing would order it again. */
function decideOrder(session: SessionRecord | undefined, { id }: SessionEventOf<'command'>): Decision {
  return session?.commandIds.includes(id) ? drop('repeat') : { kind: 'order' }
}

/** Meant for a session that nobody came back to: it does not end one that was attached again meanwhile. */
function isVoidClose(session: SessionRecord, { command, connectionEpoch }: SessionEventOf<'command'>): boolean {
  if (command.kind !== 'close' || (command.reason !== 'lost' && command.reason !== 'replaced')) return false
  return !isDetached(session) || connectionEpoch !== session.connectionEpoch
}

function decideCommand(session: SessionRecord | undefined, event: SessionEventOf<'command'>): Decision {
  if (!session) return drop('unknown')
  if (event.command.kind === 'answer') {
    return session.waitingFor?.id === event.command.to ? { kind: 'answer' } : drop('not-awaited')
  }
  if (session.commandIds.includes(event.id)) return drop('repeat')
  return isVoidClose(session, event) ? drop('older-connection') : { kind: 'command' }
}
